import { formatQuantity } from '../../lib/numbers';
import type { UnitScore } from '../../pruning/channels';
import { useStudio } from '../../state/store';
import type { StudioState } from '../../state/studio';
import classes from './MethodPanel.module.css';

/** What channels that go together are scored by, and how many there are. */
export function UnitsText() {
  const channels = useStudio((state) => state.channels);
  const isFinding = useStudio((state) => state.findingChannels);
  const isRandom = useStudio(({ evaluation }) => evaluation.source?.kind === 'random');
  if (!channels) return null;
  const count = channels.groups.reduce((sum, { units }) => sum + units.length, 0);
  const groups = formatQuantity(channels.groups.length, 'group');
  return (
    <div className={classes.needs}>
      <p aria-live="polite">
        {isFinding
          ? 'Scoring the channels again…'
          : `${formatQuantity(count, 'channel')} in ${groups} can go, with all that reads them. ${scoredBy[channels.score]}`}
        {channels.score === 'energy' && isRandom && ' Random numbers are not what it sees: give it samples first.'}
      </p>
    </div>
  );
}

const scoredBy: Record<UnitScore, string> = {
  energy: 'Their effect is the energy that what reads them gets of each, measured on the inputs at hand.',
  'norm figures': 'Their effect is what the batch norms say comes through, times the weights that read it.',
  consumers: 'Their effect is the norm of the weights that read each: no inputs are at hand.',
};

/** Why nothing tells which channels go together; undefined where something does, or can. */
export function whyNoUnits(state: StudioState): string | undefined {
  const { channels, evaluation, canEvaluateCheckpoint } = state;
  if (channels || canEvaluateCheckpoint()) return undefined;
  if (!evaluation.graph) return 'no graph';
  return evaluation.pairingConfirmed ? undefined : 'unpaired';
}
