/** Layers in archives of arrays whose names are nobody's convention: `W1` and `b1`, `weights_2` and `bias_2`. */
import { at } from '../../lib/known';
import type { Declared } from '../../tensors/evidence';

export interface NamedArray {
  readonly name: string;
  readonly shape: readonly number[];
}

/** What comes before, the word for a weight or a bias, and its number: names that PyTorch's and Flax's layers have are judged as theirs. */
const pattern = /^(|.*[_./-])(w|weights?|wgt|b|bias(?:es)?)([_.-]?\d*)$/i;

/** A matrix is a linear layer where a bias of the same number fits one of its dimensions: that one counts outputs. */
export function pairedLayers(arrays: readonly NamedArray[]): (Declared | undefined)[] {
  const biases = new Map<string, NamedArray>();
  const keyOf = (name: string) => {
    const match = pattern.exec(name);
    return match && { key: JSON.stringify([match[1], match[3]]), isBias: /^b/i.test(at(match, 2)) };
  };
  for (const array of arrays) {
    const named = keyOf(array.name);
    if (named?.isBias && lengthOf(array.shape) !== undefined) biases.set(named.key, array);
  }
  return arrays.map(({ name, shape }) => {
    const named = keyOf(name);
    const bias = named && !named.isBias ? biases.get(named.key) : undefined;
    const length = bias && lengthOf(bias.shape);
    if (!bias || length === undefined || shape.length !== 2 || !shape.includes(length)) return undefined;
    const because = `${bias.name} is its bias, of ${length}`;
    // Of a square matrix the bias fits both.
    if (shape[0] === shape[1]) return { kind: 'linear', because };
    const outputs = shape.indexOf(length);
    return { kind: 'linear', axes: { outputs: [outputs], inputs: [1 - outputs] }, because };
  });
}

/** Of a vector, which may stand as a row or a column. */
function lengthOf(shape: readonly number[]): number | undefined {
  const lengths = shape.filter((size) => size !== 1);
  return shape.length <= 2 && shape.length > 0 && lengths.length <= 1 ? (lengths[0] ?? 1) : undefined;
}
