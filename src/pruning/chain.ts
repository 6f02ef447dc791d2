/** What the weights alone tell of how layers follow each other, where no graph is there to say it. */
import { at } from '../lib/known';
import { numelOf, type TensorId } from '../tensors/tensor';
import type { Candidate } from './resolution';

/**
 * Layers that nothing can go around: the file holds one chain, in which each takes what the one before gives, and no width
 * before such a layer comes again behind it. Where one does, a sum may lead past it that has no weights of its own.
 */
export function onlyWaysInChain(candidates: readonly Candidate[]): TensorId[] {
  const layers = candidates.filter(({ kind, shape }) => shape.length > 1 && !besideLayers.has(kind));
  const widths = layers.map(widthsOf);
  const isChain = widths.every((width, i) => {
    const before = widths[i - 1];
    // A flattened picture has several inputs for each channel. One layer is none: others may be off, or unknown.
    return width !== undefined && (i === 0 || (before !== undefined && width.inputs % before.outputs === 0));
  });
  const isOneModel = layers.every(({ model }) => model === layers[0]?.model);
  if (!isChain || !isOneModel || layers.some(({ name }) => isInBlock(name))) return [];
  const known = widths.flatMap((width) => width ?? []);
  /** Between the layers: before the first, after each. */
  const between = [
    ...known.map(({ inputs }, i) => [inputs, ...known.slice(Math.max(0, i - 1), i).map(({ outputs }) => outputs)]),
    known.slice(-1).map(({ outputs }) => outputs),
  ];
  return layers.flatMap(({ id }, i) => {
    const before = new Set(between.slice(0, i + 1).flat());
    const isBypassed = between.slice(i + 1).some((some) => some.some((width) => before.has(width)));
    return isBypassed ? [] : [id];
  });
}

/** Stand beside layers, and are none. */
const besideLayers: ReadonlySet<Candidate['kind']> = new Set(['buffer', 'norm', 'bias', 'prelu']);

function widthsOf({ kind, shape, axes }: Candidate): { readonly inputs: number; readonly outputs: number } | undefined {
  if ((kind !== 'conv' && kind !== 'linear') || !axes || axes.copies?.length) return undefined;
  const of = (listed: readonly number[]) => numelOf(listed.map((axis) => at(shape, axis)));
  return { inputs: of(axes.inputs), outputs: of(axes.outputs) };
}

/** `layer1.0.conv2.weight`: a numbered block with layers in it, as residual networks have. */
function isInBlock(name: string): boolean {
  const modules = name.split(/[./]/).slice(0, -1);
  return modules.slice(0, -1).some((part) => /^\d+$/.test(part));
}
