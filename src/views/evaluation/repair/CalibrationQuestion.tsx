import { Button } from '@mantine/core';
import { useEffect, useRef } from 'react';
import { found } from '../../../lib/known';
import { givenInWords, inputsGiven, sourceOf } from '../../../state/givenInputs';
import { useEvaluation } from '../../parts/quality/useEvaluation';
import { repairer } from '../../parts/quality/useRepair';
import { FileField } from '../inputs/FileField';
import classes from './Repair.module.css';

/** What has to be said before such inputs are taken. */
export type Asked = 'own' | 'random';

const isImage = ({ type }: File) => type.startsWith('image/');

/** Files to fit the weights to, or why random numbers are no good. */
export function CalibrationQuestion({ asked, onAnswered }: { readonly asked: Asked; onAnswered(): void }) {
  const graph = useEvaluation((state) => found(state.graph, 'a graph'));
  const before = useEvaluation((state) => state.source);
  const first = useRef<HTMLDivElement>(null);
  // It came up under what was pressed.
  // biome-ignore lint/correctness/useExhaustiveDependencies: another question moves the focus, too
  useEffect(() => first.current?.querySelector('button')?.focus(), [asked]);
  const take = (files: readonly File[], folders: readonly string[]) => {
    const images = files.filter(isImage);
    const folderOf = (file: File) => folders[files.indexOf(file)] ?? '';
    const given = inputsGiven(
      files.filter((file) => !isImage(file)),
      images,
      folderOf,
    );
    const source = sourceOf(given, graph.inputs, before);
    repairer().setCalibration({ kind: 'own', source, title: givenInWords(given) });
    onAnswered();
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for forms
    <div ref={first} className={classes.question} role="group" aria-label="Calibration inputs">
      <p>
        {asked === 'own'
          ? 'Inputs like those that the model sees: arrays (.npz, .npy) or images, without labels. They are used for nothing else.'
          : 'Random numbers are not what the model sees: measured, a repair that was fitted to them was worse than none (33 % where 37 % were left, and real images gave 77 %).'}
      </p>
      <FileField
        label="Calibration files"
        choose="Choose files…"
        accept=".npz,.npy,.pb,image/*"
        multiple
        folder
        onFiles={take}
      />
      <div className={classes.answers}>
        {asked === 'random' && (
          <Button
            size="compact-sm"
            onClick={() => {
              repairer().setCalibration({ kind: 'random' });
              onAnswered();
            }}
          >
            Use random numbers all the same
          </Button>
        )}
        <Button size="compact-sm" onClick={onAnswered}>
          Leave it
        </Button>
      </div>
    </div>
  );
}
