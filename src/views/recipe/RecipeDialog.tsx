import { Button } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { roundsOf } from '../../pruning/decide';
import { formatRecipe } from '../../pruning/parseRecipe';
import { withoutEmptySteps, withStep } from '../../pruning/ruleEdits';
import { screen, useScreen } from '../../state/screen';
import { studio, useStudio } from '../../state/store';
import { DialogFrame } from '../parts/frames/DialogFrame';
import classes from './RecipeDialog.module.css';
import { RuleList } from './RuleList';
import { useDraft } from './useDraft';

/** The recipe as a list of rules and as JSON, side by side. */
export function RecipeDialog() {
  const isShown = useScreen((state) => state.dialog === 'recipe');
  const isOpen = useStudio((state) => state.checkpoint !== null);
  return (
    <DialogFrame opened={isShown && isOpen} onClose={screen.getState().close} title="Edit the recipe" width={1080}>
      {isOpen && <Body />}
    </DialogFrame>
  );
}

function Body() {
  const draft = useDraft();
  const { text, recipe, error, verdict, isChanged } = draft;
  const apply = () => {
    screen.getState().close();
    void studio.getState().applyRecipeText(formatRecipe(withoutEmptySteps(recipe)), 'The edited recipe');
  };
  return (
    <div className={classes.body}>
      <p className={classes.sentence}>
        The last rule that matches a tensor decides for it alone. Steps prune what the one before left.
      </p>
      <div className={classes.sides}>
        <section className={classes.side} aria-label="Rules">
          <RuleList recipe={recipe} isLocked={error !== undefined} onChange={draft.setRecipe} />
          <div>
            <Button
              size="compact-sm"
              disabled={error !== undefined || roundsOf(recipe).at(-1)?.length === 0}
              leftSection={<IconPlus size={14} stroke={1.8} aria-hidden />}
              onClick={() => draft.setRecipe(withStep(recipe))}
            >
              Add a step
            </Button>
          </div>
        </section>
        <section className={classes.side} aria-label="JSON">
          <textarea
            className={classes.json}
            aria-label="Recipe as JSON"
            aria-invalid={error !== undefined}
            aria-describedby="recipe-error"
            spellCheck={false}
            autoCapitalize="off"
            value={text}
            onChange={({ currentTarget }) => draft.setText(currentTarget.value)}
          />
        </section>
      </div>
      <div className={classes.foot}>
        <output
          id="recipe-error"
          className={error === undefined && verdict.canApply ? classes.sentence : classes.wrong}
        >
          {error ?? verdict.sentence}
        </output>
        <Button size="sm" onClick={screen.getState().close}>
          Cancel
        </Button>
        <Button
          size="sm"
          variant="filled"
          disabled={error !== undefined || !verdict.canApply || !isChanged}
          onClick={apply}
        >
          Apply
        </Button>
      </div>
    </div>
  );
}
