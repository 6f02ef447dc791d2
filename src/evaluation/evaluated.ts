/** What is run, and what that comes to. */
import type { EngineApi } from '../engine/protocol';
import type { BySample } from './metrics/bySample';
import type { Figures } from './metrics/metrics';

/** What a resolved recipe does to each tensor. Opaque here: only the engine applies it. */
export type Outcomes = Parameters<EngineApi['export']>[0]['outcomes'];

/** One output of the pruned model against the same output of the original. */
export interface OutputDrift extends Figures {
  readonly name: string;
  readonly shape: readonly number[];
  /** Where the last axis holds class scores. */
  readonly classes?: number;
}

/** Figures of the outputs, and of the whole model where inputs are labelled or it predicts tokens. */
export interface Evaluation extends Figures {
  readonly outputs: readonly OutputDrift[];
  /** In the order of the baseline's. */
  readonly bySample?: BySample;
  /** Of each labelled sample the class that is chosen, in that order, too. */
  readonly chosen?: Int32Array;
  readonly milliseconds: number;
}
