/** What about the inputs is probably wrong, said before anybody tunes by figures that mean nothing. */
import { formatInteger, formatPercent } from '../lib/numbers';
import type { Graph } from '../tensors/graph/graph';
import type { ComparisonPlan, FloatOutputs } from './comparison';
import type { Batch } from './inputs/dataset';
import { AccuracySums } from './metrics/sums';
import { toFloats, type Values } from './values';

interface Given {
  readonly plan: ComparisonPlan;
  /** Of the unpruned model, batch by batch. */
  readonly outputs: readonly FloatOutputs[];
  readonly batches: readonly Batch[];
  readonly graph: Graph;
}

/** One sentence each. */
export function doubtsAbout({ plan, outputs, batches, graph }: Given): string[] {
  const { labelled } = plan;
  const ofLabels = labelled ? labelDoubts(labelled, outputs, batches) : [];
  return [...ofLabels, ...pixelDoubts(batches, graph)];
}

/** How many samples a share has to be off by, in standard errors, before it is more than luck. */
const standardErrors = 2;
/** A shift of labels is one where they then are right so much more often. */
const leastGain = 0.25;

function labelDoubts(
  { name, classes }: { readonly name: string; readonly classes: number },
  outputs: readonly FloatOutputs[],
  batches: readonly Batch[],
): string[] {
  const labels = batches.flatMap((batch) => [...(batch.labels ?? [])]);
  const outside = labels.filter((label) => label < 0 || label >= classes).length;
  const rightWith = (shift: number) => {
    const sums = new AccuracySums(classes);
    for (const [i, batch] of batches.entries()) {
      const scores = outputs[i]?.get(name)?.floats;
      if (scores && batch.labels)
        sums.add(
          scores,
          batch.labels.map((label) => label + shift),
        );
    }
    return sums.top1;
  };
  const right = rightWith(0);
  const shift = [-1, 1].find((by) => rightWith(by) >= right + leastGain);
  if (shift !== undefined) {
    const how = shift < 0 ? 'from 1' : 'from -1';
    return [
      `The labels seem to be counted ${how}: ${formatPercent(right)} of them are right as they are, and ${formatPercent(rightWith(shift))} with classes counted from 0.`,
    ];
  }
  const doubts: string[] = [];
  if (outside > 0) {
    doubts.push(
      `${formatInteger(outside)} of ${formatInteger(labels.length)} labels are no class of this model, which has ${formatInteger(classes)} (0 to ${classes - 1}); they count as wrong.`,
    );
  }
  const chance = 1 / classes;
  const luck = standardErrors * Math.sqrt((chance * (1 - chance)) / labels.length);
  if (labels.length > 0 && right <= chance + luck) {
    doubts.push(
      `Already the unpruned model is right for ${formatPercent(right)} only, no better than guessing among ${formatInteger(classes)} classes: labels, order of classes or preprocessing are not what it was trained with.`,
    );
  }
  return doubts;
}

/** Above it no usual preprocessing goes: those that bring pixels to about one, or centre them. */
const largestNormalised = 20;
const largestPixel = 255;

/** Bytes of images where nothing in the graph scales them first. */
function pixelDoubts(batches: readonly Batch[], graph: Graph): string[] {
  const [first] = batches;
  return [...(first?.feeds ?? [])].flatMap(([name, values]) => {
    if (!looksLikePixels(values) || isScaledFirst(graph, name)) return [];
    return [
      `The values of ${name} reach from 0 to 255, as pixels in files do, and nothing in the model scales them before its first layer: most are trained on 0 to 1, or on centred values.`,
    ];
  });
}

function looksLikePixels({ dtype, shape, ...rest }: Values): boolean {
  const isImage = shape.length === 4 && [1, 3, 4].some((channels) => shape[1] === channels || shape[3] === channels);
  if (!isImage || !/^B?F\d/.test(dtype)) return false;
  let most = Number.NEGATIVE_INFINITY;
  let least = Number.POSITIVE_INFINITY;
  for (const value of toFloats({ dtype, shape, ...rest })) {
    most = Math.max(most, value);
    least = Math.min(least, value);
  }
  return least >= 0 && most > largestNormalised && most <= largestPixel;
}

const passing: ReadonlySet<string> = new Set([
  'Transpose',
  'Cast',
  'Identity',
  'Reshape',
  'Pad',
  'Resize',
  'Unsqueeze',
]);
const layers: ReadonlySet<string> = new Set(['Conv', 'MatMul', 'Gemm', 'ConvInteger']);

/** Whether something other than a layer works on the input's values first: a subtraction, a division, a norm. */
function isScaledFirst({ nodes }: Graph, input: string): boolean {
  let names = new Set([input]);
  // As far as values are only moved; graphs are as long as their files say.
  for (let step = 0; step < 8; step++) {
    const readers = nodes.filter(({ inputs }) => inputs.some((name) => names.has(name)));
    if (readers.length === 0 || readers.some(({ opType }) => !passing.has(opType) && !layers.has(opType))) return true;
    if (readers.some(({ opType }) => layers.has(opType))) return false;
    names = new Set(readers.flatMap(({ outputs }) => outputs));
  }
  return true;
}
