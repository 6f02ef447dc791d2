import { NativeSelect } from '@mantine/core';
import { useMemo } from 'react';
import { choiceIn, type ModelChoice } from '../../state/modelChoice';
import { studio, useCheckpoint, useStudio } from '../../state/store';
import { classNames } from '../parts/classNames';
import classes from './ModelSelect.module.css';
import { modelOptions } from './modelWords';

/** Which models of the file are pruned; nothing where there is one. */
export function ModelSelect() {
  const models = useCheckpoint(({ models }) => models);
  return models.length > 1 ? <Choice /> : null;
}

function Choice() {
  const models = useCheckpoint(({ models }) => models);
  const candidates = useStudio((state) => state.candidates);
  // Of the committed recipe: a drag changes nothing of this.
  const settled = useStudio((state) => state.settled);
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is settled is the recipe's
  const choice = useMemo(() => choiceIn(studio.getState().recipe, candidates, models), [settled, candidates, models]);
  const options = useMemo(() => modelOptions(models), [models]);
  const keyOf = (each: ModelChoice) => JSON.stringify(each);
  return (
    <div className={classes.models}>
      <NativeSelect
        size="xs"
        label="Models"
        classNames={{
          root: classNames(classes.field),
          label: classNames(classes.label),
          wrapper: classNames(classes.wrapper),
        }}
        value={keyOf(choice)}
        onChange={(event) => {
          const chosen = options.find((option) => keyOf(option.choice) === event.currentTarget.value);
          if (chosen) studio.getState().chooseModels(chosen.choice);
        }}
        data={options
          .filter((option) => option.choice.kind !== 'mixed' || choice.kind === 'mixed')
          .map((option) => ({ value: keyOf(option.choice), label: option.label }))}
      />
    </div>
  );
}
