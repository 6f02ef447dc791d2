/** A tensor's kind, axes and reason in words: one place, so that heading, table and editor say the same. */
import { listed } from '../../../lib/listed';
import { formatInteger, formatQuantity } from '../../../lib/numbers';
import type { Layer } from '../../../state/checkpointSlice';
import { kernelAxesOf } from '../../../tensors/axes';
import type { LayerKind } from '../../../tensors/tensor';

/** `linear: has a bias of 48`; the kind alone where nothing is said of what decided it. */
export function kindText({ kind, because }: Pick<Layer, 'kind' | 'because'>): string {
  return because === undefined ? kind : `${kind}: ${because}`;
}

/** Why a tensor is out or never in, and what made it that kind: `embedding: off by default (the module is an Embedding)`. */
export function reasonText({ kind, because, reason }: Pick<Layer, 'kind' | 'because' | 'reason'>): string | undefined {
  if (reason === undefined || because === undefined) return reason;
  // Integers, empty tensors, tied ones are out whatever they are.
  const isByKind = kind === 'optimizer' || reason.endsWith(': off by default');
  return isByKind ? `${reason} (${because})` : reason;
}

/** Kinds whose dimensions count outputs and inputs, or would if it were known. */
const withAxes: ReadonlySet<LayerKind> = new Set(['conv', 'linear', 'recurrent', 'router', 'unknown']);

/**
 * `outputs: dimension 0 (512), inputs: dimension 1 (256)`; that they are not known; or undefined where the question does
 * not come up.
 */
export function axesText(layer: Pick<Layer, 'kind' | 'shape' | 'axes'>): string | undefined {
  const { kind, shape, axes } = layer;
  if (!axes) return withAxes.has(kind) && shape.length > 1 ? 'outputs and inputs are not known' : undefined;
  // The table of an embedding multiplies nothing.
  const isTable = kind === 'embedding';
  const parts: [string, readonly number[]][] = [
    [isTable ? 'rows' : 'outputs', axes.outputs],
    [isTable ? 'columns' : 'inputs', axes.inputs],
    ['kernel', kernelAxesOf(layer)],
    ['copies', axes.copies ?? []],
  ];
  return parts
    .filter(([, dimensions]) => dimensions.length > 0)
    .map(([noun, dimensions]) => `${noun}: ${dimensionsText(dimensions, shape)}`)
    .join(', ');
}

/** `dimension 0 (512)`, `dimensions 2 (3) and 3 (3)` */
function dimensionsText(dimensions: readonly number[], shape: readonly number[]): string {
  const each = dimensions.map((dimension) => `${dimension} (${formatInteger(shape[dimension] ?? 0)})`);
  return `dimension${each.length === 1 ? '' : 's'} ${listed(each)}`;
}

/** `0 · 512`: a dimension to choose. */
export function dimensionLabel(dimension: number, size: number): string {
  return `${dimension} · ${formatInteger(size)}`;
}

/** `1 tensor matches`, `12 tensors match` */
export function matchText(count: number): string {
  return `${formatQuantity(count, 'tensor')} ${count === 1 ? 'matches' : 'match'}`;
}
