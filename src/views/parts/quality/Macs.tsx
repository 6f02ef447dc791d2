import { formatCount, formatInteger } from '../../../lib/numbers';
import type { Layer } from '../../../state/checkpointSlice';
import { effectiveMacs } from '../../../state/slimCosts';
import { useStudio } from '../../../state/store';
import { useMacs } from './useMacs';

/** Multiplications of some tensors' layers for one sample, and how many of them are not by zeros. Nothing where the graph has none. */
export function Macs({ of }: { readonly of: readonly Layer[] }) {
  const macs = useMacs();
  const { outcomes } = useStudio((state) => state.settled);
  let [before, after] = [0, 0];
  for (const layer of of) {
    const own = macs?.get(layer.id);
    if (!own) continue;
    before += own.macs;
    after += effectiveMacs(own, outcomes.get(layer.id), layer);
  }
  if (before === 0) return null;
  const left = Math.round(after);
  return (
    <span
      title={`${formatInteger(before)} multiplications for one sample, ${formatInteger(left)} of them not by zeros`}
    >
      {formatCount(before)}
      {left !== before && <> → {formatCount(left)}</>}
    </span>
  );
}
