import { Button } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useMemo, useState } from 'react';
import { CheckpointError } from '../../lib/errors';
import { withSparsity } from '../../pruning/edit';
import { gradualRecipes } from '../../pruning/schedule';
import { suffixed } from '../../state/exporting';
import { downloadRecipes } from '../../state/recipeSeries';
import { screen, useScreen } from '../../state/screen';
import { studio, useCheckpoint, useStudio } from '../../state/store';
import { NumberSetting } from '../parts/fields/NumberSetting';
import { DialogFrame } from '../parts/frames/DialogFrame';
import { Later } from '../parts/later/Later';
import { later } from '../parts/later/laterPart';
import classes from './GradualDialog.module.css';
import { sparsitiesOf } from './outcomePicture';
import type { ScheduleStep } from './scheduleSteps';

const scheduleChart = later(() => import('./ScheduleChart').then(({ ScheduleChart }) => ScheduleChart));

/** More rounds of training than anybody plans; each is resolved for the chart. */
const mostSteps = 100;
const percentOf = (share: number) => Math.round(share * 1e6) / 1e4;

interface Schedule {
  /** Sparsities at the start and after the last recipe, 0 to 1. */
  readonly from: number;
  readonly to: number;
  readonly steps: number;
}

/** A cubic schedule of recipes, for pruning between rounds of training. */
export function GradualDialog() {
  const isShown = useScreen((state) => state.dialog === 'gradual');
  const isOpen = useStudio((state) => state.checkpoint !== null);
  return (
    <DialogFrame
      opened={isShown && isOpen}
      onClose={screen.getState().close}
      title="Gradual pruning (cubic schedule)"
      width={620}
    >
      {isOpen && <Body />}
    </DialogFrame>
  );
}

function Body() {
  const [schedule, setSchedule] = useState<Schedule>({ from: 0, to: 0.9, steps: 10 });
  const recipe = useStudio((state) => state.recipe);
  const candidates = useStudio((state) => state.candidates);
  const fileName = useCheckpoint(({ fileName }) => fileName);
  const recipes = useMemo(() => {
    const last = withSparsity(recipe, candidates, { scope: 'model' }, schedule.to);
    return gradualRecipes(last, schedule.from, schedule.steps);
  }, [recipe, candidates, schedule]);
  const steps = useMemo(() => stepsOf(recipes), [recipes]);
  const change = (part: Partial<Schedule>) => setSchedule({ ...schedule, ...part });
  return (
    <div className={classes.body}>
      <p className={classes.sentence}>
        Prune a little, train, prune more: each recipe is applied to the checkpoint that training made of the one
        before. Sparsity rises fast at first and slowly at last (Zhu &amp; Gupta 2017, known as AGP). The method is the
        one the whole model has now.
      </p>
      <div className={classes.fields}>
        <NumberSetting
          label="From"
          unit="%"
          help="Sparsity there is at the start."
          value={percentOf(schedule.from)}
          isFraction
          least={0}
          most={100}
          onChange={(from) => change({ from: from / 100 })}
        />
        <NumberSetting
          label="To"
          unit="%"
          help="Sparsity after the last recipe."
          value={percentOf(schedule.to)}
          isFraction
          least={0}
          most={100}
          onChange={(to) => change({ to: to / 100 })}
        />
        <NumberSetting
          label="Recipes"
          help="Rounds of pruning, with training in between."
          value={schedule.steps}
          least={1}
          most={mostSteps}
          onChange={(count) => change({ steps: count })}
        />
      </div>
      {steps instanceof CheckpointError ? (
        <p role="alert">{steps.message}</p>
      ) : (
        <figure className={classes.figure}>
          <div className={classes.chart}>
            <Later part={scheduleChart} with={{ from: schedule.from, steps }} />
          </div>
          <figcaption className={classes.note}>
            Sparsity after each recipe on this checkpoint; the band reaches from the least to the most pruned layer.
          </figcaption>
        </figure>
      )}
      <div className={classes.buttons}>
        <span className={classes.note}>
          One zip with a recipe (JSON) for each step; drop one beside its checkpoint.
        </span>
        <Button
          size="sm"
          variant="filled"
          leftSection={<IconDownload size={16} stroke={1.8} />}
          onClick={() => downloadRecipes(recipes, suffixed(fileName, '', ''))}
          data-autofocus
        >
          Download {recipes.length === 1 ? 'the recipe' : `${recipes.length} recipes`}
        </Button>
      </div>
    </div>
  );
}

/** What each recipe would make of the checkpoint as it is, as far as that is known. */
function stepsOf(recipes: ReturnType<typeof gradualRecipes>): ScheduleStep[] | CheckpointError {
  const { preview, candidates } = studio.getState();
  try {
    return recipes.map((recipe) => {
      const { sparsities, overall } = sparsitiesOf(candidates, preview(recipe));
      return { overall, least: Math.min(1, ...sparsities), most: Math.max(0, ...sparsities) };
    });
  } catch (error) {
    if (error instanceof CheckpointError) return error;
    throw error;
  }
}
