import { Button } from '@mantine/core';
import { IconFileImport } from '@tabler/icons-react';
import { useEffect, useMemo, useRef, useState } from 'react';
import { graphScript } from '../../reports/graphScript';
import type { OpenedCheckpoint } from '../../state/checkpointSlice';
import { givenInWords } from '../../state/givenInputs';
import { fetchSample } from '../../state/samples';
import { screen, useScreen } from '../../state/screen';
import { useStudio } from '../../state/store';
import { mainContainer } from '../../tensors/mainContainer';
import { CodeToCopy } from '../parts/code/CodeToCopy';
import { DialogFrame } from '../parts/frames/DialogFrame';
import { evaluator, useEvaluation } from '../parts/quality/useEvaluation';
import { useOpenSample } from '../parts/samples';
import classes from './Dialog.module.css';
import { FailureNote } from './FailureNote';
import { FileField } from './inputs/FileField';
import { LoadingNote } from './LoadingNote';

/** Milliseconds to wait for the sample's graph. */
const patience = 30_000;

function scriptFor({ can, layers, parts }: OpenedCheckpoint): string {
  return graphScript({ can, layers, container: mainContainer(layers), names: parts.map(({ name }) => name) });
}

/** Weights alone cannot be run: asks for the graph that was exported from them. */
export function GraphDialog() {
  const opened = useScreen((state) => state.dialog === 'graph');
  return (
    <DialogFrame opened={opened} onClose={screen.getState().close} title="Evaluate with the ONNX graph" width={520}>
      {opened && <Body />}
    </DialogFrame>
  );
}

function Body() {
  const checkpoint = useStudio((state) => state.checkpoint);
  const script = useMemo(() => checkpoint && scriptFor(checkpoint), [checkpoint]);
  const isLoading = useEvaluation(({ status }) => status.kind === 'loading');
  const hasGraph = useEvaluation((state) => state.graph !== null);
  const graph = useOpenSample()?.graph;
  const kept = useEvaluation((state) => state.kept);
  const asked = useRef(false);
  const [isUnreachable, setUnreachable] = useState(false);
  const pair = (files: readonly File[]) => {
    asked.current = true;
    void evaluator().pairGraph(files);
  };
  // A pairing to be confirmed opens its own dialog in this one's place.
  useEffect(() => {
    if (hasGraph && asked.current && screen.getState().dialog === 'graph') screen.getState().close();
  }, [hasGraph]);
  return (
    <div className={classes.body}>
      {kept && (
        <p role="status" className={classes.kept}>
          {givenInWords(kept)} {kept.files.length === 1 ? 'is' : 'are'} kept: the model runs on{' '}
          {kept.files.length === 1 ? 'it' : 'them'} as soon as its graph is here.
        </p>
      )}
      <p className={classes.help}>
        {checkpoint?.fileName} holds weights and no graph. Give the .onnx that was exported from the same weights:
        tensors are matched by name, shape and content, pruning happens on the checkpoint, and the graph is what runs.
        Nothing is uploaded.
      </p>
      <FileField
        label="ONNX graph"
        choose="Choose the .onnx…"
        disabled={isLoading}
        multiple
        onFiles={(files) => files.length > 0 && pair(files)}
      />
      {graph !== undefined && (
        <Button
          leftSection={<IconFileImport size={16} stroke={1.7} />}
          disabled={isLoading}
          onClick={() =>
            fetchSample(graph, AbortSignal.timeout(patience)).then(
              (file) => pair([file]),
              () => setUnreachable(true),
            )
          }
        >
          Use the sample’s graph
        </Button>
      )}
      {isUnreachable && (
        <p role="alert" className={classes.failure}>
          The sample’s graph could not be fetched from this site.
        </p>
      )}
      <FailureNote />
      <LoadingNote />
      {script && <CodeToCopy title="Make it, in the environment that trained the model" code={script} />}
    </div>
  );
}
