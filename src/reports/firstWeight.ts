/** What a model's first weight says of what it takes. */
import { type Axes, kernelAxesOf, plainAxesOf } from '../tensors/axes';
import { sizeAlong } from '../tensors/tensor';

export interface WeightAbout {
  readonly kind: string;
  readonly byDefault: boolean;
  readonly shape: readonly number[];
  readonly axes?: Axes;
}

export type FirstWeight =
  | { readonly kind: 'tokens'; readonly vocabulary: number }
  | { readonly kind: 'features'; readonly inputs: number }
  /** @param places sizes of the kernel: one for each dimension of an image or a signal */
  | { readonly kind: 'channels'; readonly inputs: number; readonly places: readonly number[] };

/** @param layers in the order of the file, which is that in which modules were made */
export function firstWeight(layers: readonly WeightAbout[]): FirstWeight | undefined {
  const first = layers.find(({ kind, byDefault }) => byDefault || kind === 'embedding');
  if (!first) return undefined;
  const { kind, shape } = first;
  if (kind === 'embedding') return { kind: 'tokens', vocabulary: shape[0] ?? 1 };
  const plain = plainAxesOf(first);
  if (!plain) return undefined;
  const inputs = sizeAlong(shape, [plain.inputs]);
  const places = kernelAxesOf(first).map((axis) => sizeAlong(shape, [axis]));
  return places.length === 0 ? { kind: 'features', inputs } : { kind: 'channels', inputs, places };
}
