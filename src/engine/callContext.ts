/** What all that takes time is given: how it is told to stop, and where it says how far it is. */
import type { CallContextOf } from '../lib/calls/protocol';
import type { OpenedCheckpoint } from './opened';

export interface Progress {
  stage:
    | 'fetching'
    | 'inflating'
    | 'reading structure'
    | 'measuring'
    | 'refining'
    | 'reading weights'
    | 'writing'
    | 'checksums'
    | 'compressing'
    | 'comparing';
  /** Bytes. */
  done: number;
  total: number;
  /** Tensors finished, of how many; absent in stages that do not count them. */
  tensorsDone?: number;
  tensorsTotal?: number;
  /** Name of the tensor at hand. */
  tensor?: string;
  /** Of a checkpoint that is being opened, before its weights are measured: everything but statistics. */
  structure?: OpenedCheckpoint;
}

export type CallContext = CallContextOf<Progress>;
