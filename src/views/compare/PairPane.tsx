import { SegmentedControl } from '@mantine/core';
import { useState } from 'react';
import { formatInteger, formatPercent, formatValue } from '../../lib/numbers';
import { type ComparedTensor, type Comparison, swapped } from '../../tensors/comparison/comparison';
import { changedOtherwise } from '../../tensors/comparison/verdict';
import classes from './Compare.module.css';
import { aboutTensor } from './columns';
import { PairHistogram } from './PairHistogram';
import { PairMap } from './PairMap';

interface PairPaneProps {
  readonly pair: ComparedTensor;
  readonly comparison: Comparison;
  /** What stands first is the second checkpoint's. */
  readonly isSwapped: boolean;
}

const kinds = [
  { value: 'histogram', label: 'Histogram' },
  { value: 'map', label: 'Heat map' },
] as const;
type Kind = (typeof kinds)[number]['value'];

/** The pair that is chosen: what happened to its weights, and both of them in a picture. */
export function PairPane({ pair, comparison, isSwapped }: PairPaneProps) {
  const [kind, setKind] = useState<Kind>('histogram');
  const { name, otherName } = pair;
  const names = otherName === undefined ? name : `${name} → ${otherName}`;
  const files = { before: comparison.before, after: comparison.after };
  const original = isSwapped ? swappedPair(pair, comparison) : pair;
  return (
    <section className={classes.pair} aria-label="Chosen pair">
      <h3>
        <bdi title={names}>{names}</bdi>
      </h3>
      <p className={classes.about}>{aboutTensor(pair)}</p>
      <WhatHappened pair={pair} />
      <SegmentedControl<Kind>
        size="xs"
        aria-label="Picture"
        value={kind}
        onChange={setKind}
        data={[...kinds]}
        className={classes.kinds ?? ''}
      />
      {kind === 'histogram' ? (
        <PairHistogram pair={pair} original={original} files={files} isSwapped={isSwapped} />
      ) : (
        <PairMap pair={pair} original={original} files={files} isSwapped={isSwapped} />
      )}
    </section>
  );
}

/** As the engine knows it. */
function swappedPair(pair: ComparedTensor, comparison: Comparison): ComparedTensor {
  const [original] = swapped({ ...comparison, tensors: [pair] }).tensors;
  return original ?? pair;
}

/** A bar of all weights: what stayed, what became zero, what changed otherwise. */
function WhatHappened({ pair }: { readonly pair: ComparedTensor }) {
  const { difference } = pair;
  if (!difference) return null;
  const { weights, changed, becameZero, wereZero, rounded = 0, relative, most, cosine } = difference;
  const parts = [
    { id: 'same', label: 'equal', count: weights - changed },
    { id: 'pruned', label: 'became zero', count: becameZero },
    { id: 'regrown', label: 'were zero', count: wereZero },
    { id: 'rounded', label: 'rounded', count: rounded },
    { id: 'other', label: 'other values', count: changedOtherwise(pair) },
  ].filter(({ count }) => count > 0);
  return (
    <div className={classes.happened}>
      <div className={classes.bar} aria-hidden="true">
        {parts.map(({ id, count }) => (
          <i key={id} data-part={id} style={{ flexGrow: count / weights }} />
        ))}
      </div>
      <ul aria-label="What happened to its weights">
        {parts.map(({ id, label, count }) => (
          <li key={id}>
            <i data-part={id} aria-hidden="true" /> <b>{formatInteger(count)}</b> {label} (
            {formatPercent(count / weights)})
          </li>
        ))}
      </ul>
      {changed > 0 && (
        <p className={classes.about}>
          ‖Δ‖/‖w‖ {formatValue(relative)} · max |Δ| {formatValue(most)}
          {cosine !== undefined && ` · cosine ${cosine.toFixed(5)}`}
        </p>
      )}
    </div>
  );
}
