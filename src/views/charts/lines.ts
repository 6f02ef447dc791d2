/** How lines of charts are drawn: as properties of recharts' `Line` and `ReferenceLine`. */

/** Straight from point to point, at once. */
const plain = { type: 'linear', dot: false, activeDot: false, isAnimationActive: false } as const;

export const keptLine = { ...plain, stroke: 'var(--kept)', strokeWidth: 2 } as const;

export const prunedLine = { ...plain, stroke: 'var(--pruned)', strokeWidth: 2 } as const;

/** With the weights that stay fitted anew. */
export const repairedLine = { ...plain, stroke: 'var(--ok)', strokeWidth: 2 } as const;

/** What the others are compared with. */
export const otherLine = { ...plain, stroke: 'var(--line-strong)', strokeWidth: 1 } as const;

/** What holds for all of the chart: the whole model's figure, or that of the model as it was. */
export const dashedLine = { stroke: 'var(--ink)', strokeDasharray: '4 3' } as const;
