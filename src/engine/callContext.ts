/** What all that takes time is given: how it is told to stop, and where it says how far it is. */
import type { CallContextOf } from '../lib/calls/protocol';

export interface Progress {
  stage: 'reading structure' | 'measuring' | 'refining' | 'reading weights' | 'writing' | 'checksums' | 'compressing';
  /** Bytes. */
  done: number;
  total: number;
  /** Tensors finished, of how many; absent in stages that do not count them. */
  tensorsDone?: number;
  tensorsTotal?: number;
  /** Name of the tensor at hand. */
  tensor?: string;
}

export type CallContext = CallContextOf<Progress>;
