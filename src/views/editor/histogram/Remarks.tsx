import { Button } from '@mantine/core';
import { formatInteger, formatPercent, formatQuantity, formatValue } from '../../../lib/numbers';
import type { Distribution } from '../../charts/histogram/distribution';
import { shareOn, weightOn } from '../../charts/histogram/domain';
import { AxisZoom } from './AxisZoom';
import { isSame, wholeAxis } from './axisView';
import classes from './DistributionCard.module.css';
import type { ShownAxis } from './useAxisView';

interface RemarksProps {
  readonly distribution: Distribution;
  readonly shown: ShownAxis;
  /** What has one score each; absent: weights. */
  readonly noun: ((count: number) => string) | undefined;
  readonly handle: () => number | undefined;
}

/** What the histogram does not show, and the way there. */
export function Remarks({ distribution, shown, noun = weightNoun, handle }: RemarksProps) {
  const { nan, inf, zeros } = distribution;
  const notFinite = [nan > 0 && `${formatInteger(nan)} NaN`, inf > 0 && `${formatInteger(inf)} infinite`].filter(
    Boolean,
  );
  return (
    <div className={classes.remarks}>
      <AxisZoom shown={shown} handle={handle} />
      <span className={classes.space} />
      {notFinite.length > 0 && <span>{notFinite.join(' and ')}: never pruned, not drawn</span>}
      {zeros > 0 && (
        <span>
          {formatQuantity(zeros, 'exact zero')}
          {shown.stretch.isLog && ', which have no logarithm'}
        </span>
      )}
      <Stretch distribution={distribution} shown={shown} noun={noun} />
    </div>
  );
}

function Stretch({
  distribution,
  shown,
  noun,
}: Omit<RemarksProps, 'noun' | 'handle'> & { readonly noun: (count: number) => string }) {
  const { values, stretch, view, home, set } = shown;
  const { radius, centralRadius } = distribution;
  const showAll = (
    <Button size="compact-xs" variant="subtle" onClick={() => set(() => wholeAxis)}>
      Show all
    </Button>
  );
  if (isSame(view, home)) {
    if (isSame(home, wholeAxis)) return <NearZero distribution={distribution} shown={shown} />;
    const beyond = distribution.beyond(centralRadius);
    return (
      <>
        <NearZero distribution={distribution} shown={shown} />
        <span>
          {formatInteger(beyond)} {noun(beyond)} beyond ±{formatValue(centralRadius)} {showAll}
        </span>
      </>
    );
  }
  const reset = (
    <Button size="compact-xs" variant="subtle" onClick={() => set(() => home)}>
      Reset zoom
    </Button>
  );
  if (isSame(view, wholeAxis)) {
    return (
      <span>
        All {noun(2)}, to ±{formatValue(radius)} {reset}
      </span>
    );
  }
  const [low, high] = [weightOn(stretch, view.start), weightOn(stretch, view.end)];
  const share =
    distribution.countOn(values, { low, high }) / Math.max(1, distribution.count - distribution.nan - distribution.inf);
  return (
    <span>
      Zoomed to {formatValue(low)} … {formatValue(high)}: {formatPercent(share)} of the {noun(2)} {reset}
    </span>
  );
}

/** Where half of what is not zero lies within this share of the axis' radius, it is offered apart. */
const crowded = 1 / 8;
/** So much of the axis is shown then, of what that half takes. */
const roomAround = 1.5;

function NearZero({ distribution, shown }: Pick<RemarksProps, 'distribution' | 'shown'>) {
  const { stretch, set } = shown;
  if (stretch.isLog) return null;
  const { count, zeros, nan, inf, centralRadius } = distribution;
  const half = distribution.thresholdFor('magnitude', (zeros + (count - nan - inf - zeros) / 2) / count);
  if (half === 0 || half > centralRadius * crowded) return null;
  const [start, end] = [-roomAround * half, roomAround * half].map((weight) => shareOn(stretch, weight));
  return (
    <span>
      Half {zeros > 0 && 'of the others '}within ±{formatValue(half)}{' '}
      <Button
        size="compact-xs"
        variant="subtle"
        onClick={() => set(() => ({ start: Math.max(0, start ?? 0), end: Math.min(1, end ?? 1) }))}
      >
        Open near zero
      </Button>
    </span>
  );
}

function weightNoun(count: number): string {
  return count === 1 ? 'weight' : 'weights';
}
