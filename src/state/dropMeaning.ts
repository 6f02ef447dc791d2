/** What files mean that are given: that depends on what is open. Pure, and the only place that decides it. */
import type { Likeness } from '../engine/reading/likeness';
import type { Dropped } from './dropped';

export interface Situation {
  /** Dropped or pasted anywhere on the window, or given to what opens checkpoints: the file input, a sample. */
  readonly way: 'dropped' | 'chosen';
  /** Absent where nothing is open. */
  readonly open?: {
    /** Whether it can be run as it is. */
    readonly isGraph: boolean;
    /** Work that only the page holds. */
    readonly isUnsaved: boolean;
  };
}

export interface Meaning {
  /** What becomes of the files of a checkpoint. */
  readonly checkpoint: 'none' | 'open' | 'ask what it is' | 'ask whether graph';
  /** Inputs are used now, or kept until the model that they came with is run; else they are files like others. */
  readonly inputs: 'none' | 'use' | 'keep';
}

export type Given = Pick<Dropped, 'checkpoints' | 'graphs' | 'hasWeights' | 'arrays' | 'images'>;

/** Whether the meaning depends on how much the files are like what is open. */
export function hasToCompare(given: Given, situation: Situation): boolean {
  const { way, open } = situation;
  // What is no checkpoint is named before anything is asked.
  if (!open || filesToOpen(given, situation).length === 0) return false;
  return open.isUnsaved || way === 'dropped';
}

/** @param likeness of the files to what is open, where that has to be known */
export function meaningOf(given: Given, situation: Situation, likeness?: Likeness): Meaning {
  const { way, open } = situation;
  const inputs = inputsOf(given, situation);
  if (filesToOpen(given, situation).length === 0) return { checkpoint: 'none', inputs };
  if (!open) return { checkpoint: 'open', inputs };
  if (way === 'dropped' && !open.isGraph && likeness && isGraphOf(likeness)) {
    return { checkpoint: 'ask whether graph', inputs };
  }
  // What is chosen to be opened opens; what is dropped may be meant in many ways, and work is asked for in any case.
  return { checkpoint: open.isUnsaved || way === 'dropped' ? 'ask what it is' : 'open', inputs };
}

/** What is no input here goes with the checkpoint: it belongs to it, or is named for what it is. */
export function filesToOpen(given: Given, situation: Situation): readonly File[] {
  const graph = graphBeside(given);
  const checkpoints = given.checkpoints.filter((file) => file !== graph);
  const { arrays, images } = given;
  const taken = inputsOf(given, situation);
  if (taken === 'use') return checkpoints;
  return taken === 'keep' ? [...checkpoints, ...images] : [...checkpoints, ...arrays, ...images];
}

/** A graph that came together with weights: these open, and whether it is theirs is seen then. */
export function graphBeside({ graphs, hasWeights }: Given): File | undefined {
  return hasWeights && graphs.length === 1 ? graphs[0] : undefined;
}

/** Arrays beside a model are its inputs; images beside one may be anything, a logo among the files of a folder. */
function inputsOf({ checkpoints, arrays, images }: Given, { way, open }: Situation): Meaning['inputs'] {
  if (way === 'chosen') return 'none';
  if (checkpoints.length > 0) return arrays.length > 0 ? 'keep' : 'none';
  return open && arrays.length + images.length > 0 ? 'use' : 'none';
}

/** Whether it runs what is open: most of the weights have one of their shape in it. */
export function isGraphOf({ graph, weights, ofSameShape }: Likeness): boolean {
  return graph && weights > 0 && ofSameShape * 2 >= weights;
}
