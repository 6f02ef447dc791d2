import { NativeSelect } from '@mantine/core';
import { useMemo } from 'react';
import { choiceIn, type ModelChoice } from '../../state/modelChoice';
import { studio, useStudio } from '../../state/store';
import classes from './ModelSelect.module.css';
import { modelOptions } from './modelWords';

/** Which models of the file are pruned; nothing where there is one. */
export function ModelSelect() {
  const models = useStudio((state) => state.checkpoint!.models);
  return models.length > 1 ? <Choice /> : null;
}

function Choice() {
  const models = useStudio((state) => state.checkpoint!.models);
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
        classNames={{ root: classes.field!, label: classes.label!, wrapper: classes.wrapper! }}
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
