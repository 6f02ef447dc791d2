import { Button } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { download } from '../../../state/download';
import { suffixed } from '../../../state/exporting';
import { noStateDictOf, slimStateDictOf } from '../../../state/slimFiles';
import { slimInForce } from '../../../state/slimState';
import { useStudio } from '../../../state/store';
import { slimmer } from '../quality/useSlim';

/** The ways to have the smaller model of the recipe shown. */
export function SlimDownloads() {
  const made = useStudio(({ slim }) => slimInForce(slim));
  const checkpoint = useStudio((state) => state.checkpoint);
  if (!made || !checkpoint) return null;
  const hasStateDict = slimStateDictOf(made, checkpoint) !== undefined;
  const missing = noStateDictOf(made, checkpoint);
  const downloadScript = async () => {
    const { slimGraphScript, slimModuleScript, slimScriptName } = await import('../../../reports/slimScripts');
    const { stateDict } = checkpoint.can;
    const isModule = hasStateDict && stateDict !== undefined;
    const text = isModule ? slimModuleScript(suffixed(checkpoint.fileName, '-slim'), stateDict) : slimGraphScript();
    download(new Blob([text], { type: 'text/x-python' }), slimScriptName);
  };
  return (
    <>
      <Button
        size="compact-sm"
        variant="filled"
        leftSection={<IconDownload size={16} stroke={1.8} aria-hidden />}
        onClick={() => void slimmer().downloadSlim()}
      >
        Download slim model
      </Button>
      {hasStateDict && (
        <Button
          size="compact-sm"
          title="The graph, as it was measured"
          onClick={() => void slimmer().downloadSlim('graph')}
        >
          As ONNX
        </Button>
      )}
      <Button
        size="compact-sm"
        title={
          hasStateDict
            ? 'What is kept of every tensor: the script reads it'
            : 'What is kept of every tensor: replayable on another checkpoint of the same graph'
        }
        onClick={() => void slimmer().downloadSlim('plan')}
      >
        slim-plan.json
      </Button>
      <Button
        size="compact-sm"
        title={
          hasStateDict
            ? 'Makes your module as small, and loads the state dict strictly'
            : 'Applies the plan to the model, or to the pruned file'
        }
        onClick={() => void downloadScript()}
      >
        slim.py
      </Button>
      {missing !== undefined && <span>This is the ONNX model. {missing}</span>}
    </>
  );
}
