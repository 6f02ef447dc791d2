import type { MetricRecord } from './metric';

export const cosine: MetricRecord<'cosine'> = {
  id: 'cosine',
  of: 'drift',
  read: (sums) => sums.cosine,
  label: 'Cosine similarity',
  name: 'cosine similarity',
  help: 'Whether outputs still point the same way; 1 is the same direction.',
  higherIsBetter: true,
  fraction: false,
  text,
  perfect: 1,
  isDistance: true,
  ruin: 0.5,
  limit: 0.99,
};

/** Only the same direction reads 1. */
function text(value: number): string {
  const shown = value.toFixed(4);
  return value < 1 && Number(shown) === 1 ? '>0.9999' : shown;
}
