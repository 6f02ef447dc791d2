import { formatInteger, formatPercent } from '../../../lib/numbers';
import type { Channels } from '../../../pruning/channels';
import type { MeasuredLayer } from '../../../state/reach';
import { useStudio } from '../../../state/store';
import { scopeFigures } from '../../parts/scores/scopeFigures';
import { fixedText, type ShownScores } from '../../parts/scores/shownScores';
import classes from './NoHandle.module.css';

/** Stands where a handle would be explained by itself: why there is none, and what goes all the same. */
export function NoHandle({
  scores,
  layers,
}: {
  readonly scores: ShownScores;
  readonly layers: readonly MeasuredLayer[];
}) {
  const { outcomes } = useStudio((state) => state.resolution);
  const channels = useStudio((state) => state.channels);
  if (scores.kind === 'placeable') return null;
  const { weights, zeros, sparsity } = scopeFigures(layers, outcomes, 0);
  return (
    <div className={classes.note}>
      {scores.kind === 'fixed' && (
        <div className={classes.shares} aria-hidden="true">
          <div className={classes.pruned} style={{ width: `${sparsity * 100}%` }} />
        </div>
      )}
      <p>
        {whyNone(scores, layers, channels)}
        {scores.kind === 'fixed' &&
          ` Pruned: ${formatInteger(zeros)} weights (${formatPercent(sparsity)}). Kept: ${formatInteger(weights - zeros)}.`}
      </p>
    </div>
  );
}

/** Why none of the channels that layers give can go. */
function pinnedText(channels: Channels | undefined, layers: readonly MeasuredLayer[]): string {
  const [first] = layers;
  const pinned = channels?.pinned.find(({ tensor }) => tensor === first?.id);
  if (!first || !pinned) return 'These layers give no channels that could go together with what reads them.';
  return `No channels of ${first.name} can go: what it gives ${pinned.why}.`;
}

function whyNone(
  scores: Exclude<ShownScores, { kind: 'placeable' }>,
  layers: readonly MeasuredLayer[],
  channels: Channels | undefined,
): string {
  switch (scores.kind) {
    case 'fixed':
      return fixedText(scores.rule, layers) ?? pinnedText(channels, layers);
    case 'several':
      return 'These layers are pruned by different methods, which have no threshold in common. Choose one method for all below, or edit layer by layer.';
    case 'measuring':
      return `The weights are shown until the scores are there: ${scores.words.symbol} takes a pass over them.`;
  }
}
