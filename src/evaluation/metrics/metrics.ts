/** The metrics, in the order in which they are offered. */
import { accuracy } from './accuracy';
import { cosine } from './cosine';
import { klDivergence } from './klDivergence';
import { maxAbsolute } from './maxAbsolute';
import type { MetricRecord } from './metric';
import { perplexity } from './perplexity';
import { relativeL2 } from './relativeL2';
import { sequenceAgreement } from './sequenceAgreement';
import { stepAgreement } from './stepAgreement';
import { symbolErrors } from './symbolErrors';
import { top1Agreement } from './top1Agreement';
import { top5 } from './top5';

/** By their ids. */
export const metrics = {
  accuracy,
  top5,
  perplexity,
  sequenceAgreement,
  stepAgreement,
  symbolErrors,
  top1Agreement,
  klDivergence,
  cosine,
  relativeL2,
  maxAbsolute,
} as const;

export type MetricId = keyof typeof metrics;

export const allMetrics: readonly MetricRecord<MetricId>[] = Object.values(metrics);

/** What was measured, as far as inputs and outputs allow. */
export type Figures = { readonly [Id in MetricId]?: number };
