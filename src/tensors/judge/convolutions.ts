/**
 * Convolutions in a state dict of PyTorch's: Conv keeps (outputs, inputs / groups, kernel), ConvTranspose (inputs,
 * outputs / groups, kernel). What counts outputs beside them tells which it is.
 */
import { type Axes, axesAt } from '../axes';
import { biasOf, type Entry, normalisedBy } from './stateDict';
import { transposed, upwards } from './words';

const usual = axesAt(0, 1);
const turned = axesAt(1, 0);

/** @returns axes, and what told them where that is not PyTorch's convention alone */
export function convAxes(entry: Entry): { readonly axes: Axes; readonly because?: string } {
  return byCounts(entry) ?? byName(entry) ?? byRow(entry) ?? { axes: usual };
}

interface Told {
  readonly axes: Axes;
  readonly because?: string;
}

/** By a bias, or by the norm behind it in a row: both have one number for each output. */
function byCounts(entry: Entry): Told | undefined {
  const [first, second] = entry.shape as [number, number];
  const bias = biasOf(entry);
  if (bias?.shape.length === 1) return told(byOutputs(first, second, bias.shape[0]), 'along dimension 1');
  const behind = normalisedBy(entry.dict.inRow(entry.module, 1));
  return told(byOutputs(first, second, behind), `a norm of ${behind} behind it`);
}

function told(axes: Axes | undefined, because: string): Told | undefined {
  if (axes === turned) return { axes, because };
  return axes && { axes };
}

/**
 * Which dimension a number of outputs means; undefined where both would do (a square, or one input a group), or neither.
 * A transposed convolution of several groups has as many outputs as the second dimension and the groups say together.
 */
function byOutputs(first: number, second: number, outputs: number | undefined): Axes | undefined {
  if (outputs === undefined) return undefined;
  if (outputs === first) return first === second || second === 1 ? undefined : usual;
  const groups = outputs / second;
  return Number.isInteger(groups) && first % groups === 0 ? turned : undefined;
}

function byName({ path: { owners }, shape }: Entry): { axes: Axes; because: string } | undefined {
  const named = owners.slice(0, 2).find((owner) => transposed.test(owner));
  if (named !== undefined) return { axes: turned, because: `named ${named}` };
  // Kernels of even size have no middle: such layers widen by their stride.
  const upward = shape.slice(2).every((size) => size % 2 === 0) && owners.find((owner) => upwards.test(owner));
  return upward ? { axes: turned, because: `in ${upward}, with an even kernel` } : undefined;
}

/** By what comes in: the norm before it in a row, where that is no number of inputs of a usual one; then by its neighbour. */
function byRow({ dict, module, shape }: Entry): Told | undefined {
  const [first, second] = shape as [number, number];
  const before = dict.inRow(module, -1);
  const channels = normalisedBy(before);
  if (before === undefined || channels === undefined || channels === second || channels !== first) return undefined;
  const because = `a norm of ${channels} before it`;
  if (channels % second !== 0) return { axes: turned, because };
  // A usual one in groups has as many inputs, too: generators turn all of a row.
  const layer = dict.inRow(before, -1)?.tensors.get('weight');
  return layer && layer.shape.length > 2 && byCounts(layer)?.axes === turned ? { axes: turned, because } : undefined;
}
