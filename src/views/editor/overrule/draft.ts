/** What a person is about to say of a tensor, or of all that a pattern names. */
import { at, last } from '../../../lib/known';
import { exactPattern, matchGlob } from '../../../pruning/glob';
import { kindsByHand } from '../../../pruning/recipeHead';
import type { Layer } from '../../../state/checkpointSlice';
import type { Said } from '../../../state/overrule';
import { type Axes, sameAxes } from '../../../tensors/axes';
import type { LayerKind } from '../../../tensors/tensor';

/** Kinds whose dimensions count outputs and inputs. */
const withAxes: ReadonlySet<LayerKind> = new Set(['conv', 'linear', 'recurrent', 'router', 'embedding']);

export type Side = 'outputs' | 'inputs';

export interface Draft {
  readonly kind: LayerKind;
  /** Dimensions, ascending. Both empty: as the file says. */
  readonly outputs: readonly number[];
  readonly inputs: readonly number[];
}

/** Whether a hand can say what it is: not of whole numbers, masks, state of an optimizer and other names of weights. */
export function isSettable({ kind, prunable, sameAs }: Layer): boolean {
  return prunable && sameAs === undefined && kindsByHand.includes(kind);
}

export function draftOf({ kind, axes }: Pick<Layer, 'kind' | 'axes'>): Draft {
  return { kind, outputs: axes?.outputs ?? [], inputs: axes?.inputs ?? [] };
}

/** Whether there are axes to be set. */
export function hasAxes({ kind }: Draft, shape: readonly number[]): boolean {
  return shape.length > 1 && withAxes.has(kind);
}

/** A dimension taken to one side, or off it; it cannot be on both. */
export function withDimension(draft: Draft, side: Side, dimension: number, chosen: boolean): Draft {
  const other = side === 'outputs' ? 'inputs' : 'outputs';
  const without = (list: readonly number[]) => list.filter((each) => each !== dimension);
  const taken = chosen ? [...without(draft[side]), dimension].sort((a, b) => a - b) : without(draft[side]);
  return { ...draft, [side]: taken, [other]: chosen ? without(draft[other]) : draft[other] };
}

/** What is wrong with it, in a sentence. */
export function faultOf(draft: Draft, shape: readonly number[]): string | undefined {
  if (!hasAxes(draft, shape)) return undefined;
  const { outputs, inputs } = draft;
  if ((outputs.length === 0) === (inputs.length === 0)) return undefined;
  return outputs.length === 0
    ? 'Say which dimension counts outputs, too; or choose none for what the file says.'
    : 'Say which dimension counts inputs, too; or choose none for what the file says.';
}

/**
 * What the recipe is to hold: what differs from what the file says of the tensor.
 * @param ofSeveral of others the file may say something else: their kind is said in any case
 * @returns undefined where it is what the file says
 */
export function saidBy(draft: Draft, asOpened: Layer, ofSeveral: boolean): Said | undefined {
  const { kind, outputs, inputs } = draft;
  const axes = axesIn(draft, asOpened);
  const otherKind = kind !== asOpened.kind;
  const otherAxes = axes !== undefined && !sameSides(axes, asOpened.axes);
  if (!ofSeveral && !otherKind && !otherAxes) return undefined;
  return { ...((ofSeveral || otherKind) && { kind }), ...(otherAxes && { outputs, inputs }) };
}

/** The first of the tensors meant that has not the dimensions said; a single one always has. */
export function misfit(said: Said | undefined, meant: readonly Layer[]): Layer | undefined {
  const last = Math.max(-1, ...(said?.outputs ?? []), ...(said?.inputs ?? []));
  return last < 0 ? undefined : meant.find(({ shape }) => shape.length > 1 && shape.length <= last);
}

function axesIn(draft: Draft, { shape }: Layer): Axes | undefined {
  const { outputs, inputs } = draft;
  return hasAxes(draft, shape) && outputs.length > 0 && inputs.length > 0 ? { outputs, inputs } : undefined;
}

/** Copies are not set by hand. */
function sameSides(one: Axes, other: Axes | undefined): boolean {
  return other !== undefined && sameAxes(one, { outputs: other.outputs, inputs: other.inputs });
}

/**
 * A pattern for a tensor's likes: numbers in the path are any (`layers.*.attn.weight`); a name without is every one with
 * its last part (`*.weight`).
 */
export function likesOf(name: string): string {
  const parts = name.split(/([./])/);
  if (parts.some(isNumber)) return parts.map((part) => (isNumber(part) ? '*' : exactPattern(part))).join('');
  if (parts.length < 3) return '*';
  return `*${at(parts, parts.length - 2)}${exactPattern(last(parts))}`;
}

function isNumber(part: string): boolean {
  return /^\d+$/.test(part);
}

/** Those that a pattern names, and that a hand can set. */
export function namedBy(pattern: string, layers: readonly Layer[]): Layer[] {
  return layers.filter((layer) => isSettable(layer) && matchGlob(pattern, layer.name));
}
