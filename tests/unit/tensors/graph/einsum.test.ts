import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { einsumAxes } from '../../../../src/tensors/graph/einsum';

const letters = [...'abcdef'];
const distinct = fc.shuffledSubarray(letters, { minLength: 1, maxLength: 4 });

/** Every way to give the letters 0 or 1. */
function* indices(names: readonly string[]): Generator<ReadonlyMap<string, number>> {
  for (let bits = 0; bits < 2 ** names.length; bits++) {
    yield new Map(names.map((name, i) => [name, (bits >> i) & 1]));
  }
}

/** The places of the other operand and of the output that one element of the weight ties together, by the sum itself. */
function tied(
  weight: readonly string[],
  other: readonly string[],
  output: readonly string[],
  element: readonly number[],
) {
  const all = [...new Set([...weight, ...other])];
  const [others, outputs] = [new Set<string>(), new Set<string>()];
  for (const index of indices(all)) {
    if (weight.some((letter, axis) => index.get(letter) !== element[axis])) continue;
    others.add(other.map((letter) => index.get(letter)).join());
    outputs.add(output.map((letter) => index.get(letter)).join());
  }
  return { others: [...others].sort().join(';'), outputs: [...outputs].sort().join(';') };
}

/** What an axis counts, by what changes along it. */
function bruteForce(weight: readonly string[], other: readonly string[], output: readonly string[]) {
  const roles = weight.map((_, axis) => {
    const [zero, one] = [0, 1].map((at) =>
      tied(
        weight,
        other,
        output,
        weight.map((_, i) => (i === axis ? at : 0)),
      ),
    );
    return `${zero!.others === one!.others ? '' : 'in'}${zero!.outputs === one!.outputs ? '' : 'out'}`;
  });
  const axesOf = (role: string) => roles.flatMap((each, axis) => (each === role ? [axis] : []));
  const copies = axesOf('inout');
  if (axesOf('in').length === 0) return undefined;
  return { outputs: axesOf('out'), inputs: axesOf('in'), ...(copies.length > 0 ? { copies } : {}) };
}

describe('einsumAxes', () => {
  it('agrees with the sum itself, whichever operand the weight is', () => {
    const cases = distinct.chain((weight) =>
      distinct.chain((other) =>
        fc.record({
          weight: fc.constant(weight),
          other: fc.constant(other),
          output: fc.shuffledSubarray([...new Set([...weight, ...other])]),
          first: fc.boolean(),
        }),
      ),
    );
    fc.assert(
      fc.property(cases, ({ weight, other, output, first }) => {
        const terms = first ? [weight, other] : [other, weight];
        const equation = `${terms.map((term) => term.join('')).join(',')}->${output.join('')}`;
        expect(einsumAxes(equation, first ? 0 : 1, weight.length)).toEqual(bruteForce(weight, other, output));
      }),
    );
  });

  it('takes letters that stand once for the output, where it is not said', () => {
    fc.assert(
      fc.property(distinct, distinct, (weight, other) => {
        const output = [...new Set([...weight, ...other])].filter(
          (each) => weight.includes(each) !== other.includes(each),
        );
        const equation = `${other.join('')},${weight.join('')}`;
        expect(einsumAxes(equation, 1, weight.length)).toEqual(bruteForce(weight, other, output));
      }),
    );
  });

  it('reads an ellipsis as the axes that no letter names, counted from the last', () => {
    expect(einsumAxes('...i,io->...o', 1, 2)).toEqual({ outputs: [1], inputs: [0] });
    expect(einsumAxes('b...i,...io->b...o', 1, 4)).toEqual({ outputs: [3], inputs: [2], copies: [0, 1] });
    expect(einsumAxes('bi,...io->b...o', 1, 3)).toEqual({ outputs: [0, 2], inputs: [1] });
    expect(einsumAxes('...i , ...io', 1, 3)).toEqual({ outputs: [2], inputs: [1], copies: [0] });
  });

  it('has no answer for a diagonal, or an equation that does not fit', () => {
    for (const [equation, input, rank] of [
      ['bi,ii->b', 1, 2],
      ['bi,io->bo', 1, 3],
      ['bi,io->bo', 2, 2],
      ['bi,i...o...->bo', 1, 4],
      ['bi,io->bo->b', 1, 2],
      ['bi,i1->b1', 1, 2],
      ['', 0, 1],
      ['...', 0, 3],
    ] as const) {
      expect(einsumAxes(equation, input, rank), equation).toBeUndefined();
    }
  });

  it('takes whatever a file has for an equation', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(...'ab.,-> Z1') }),
        fc.nat(3),
        fc.nat(6),
        (equation, input, rank) => {
          const axes = einsumAxes(equation, input, rank);
          if (axes) for (const axis of [...axes.outputs, ...axes.inputs]) expect(axis).toBeLessThan(rank);
        },
      ),
    );
  });
});
