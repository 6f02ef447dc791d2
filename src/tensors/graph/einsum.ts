/** Which axes of an Einsum's operand count what: letters that the output lacks are summed over. */
import type { Axes } from '../axes';

/** A term's axes: a letter, or its place in what the ellipsis stands for, counted from the last. */
type Label = string;

/**
 * @param equation as NumPy's and ONNX' einsum take it, e.g. `bhd,hdo->bo`
 * @param input index of the operand
 * @param rank of the operand
 * @returns undefined where nothing is summed over in a product, or the equation does not fit the operand
 */
export function einsumAxes(equation: string, input: number, rank: number): Axes | undefined {
  const [left = '', right, ...rest] = equation.replaceAll(/\s/g, '').split('->');
  const terms = left.split(',');
  const term = terms[input];
  if (rest.length > 0 || term === undefined) return undefined;
  const own = labelsOf(term, rank);
  if (!own || new Set(own).size < own.length) return undefined;
  const others = new Set(terms.flatMap((other, i) => (i === input ? [] : namedIn(other, rank))));
  const output = new Set(namedIn(right ?? impliedOutput(terms), rank));
  const outputs: number[] = [];
  const inputs: number[] = [];
  const copies: number[] = [];
  own.forEach((label, axis) => {
    if (output.has(label)) (others.has(label) ? copies : outputs).push(axis);
    else if (others.has(label)) inputs.push(axis);
  });
  return inputs.length === 0 ? undefined : { outputs, inputs, ...(copies.length > 0 ? { copies } : {}) };
}

const ellipsis = '...';

/** One label per axis; undefined where there are more or fewer axes than the term names. */
function labelsOf(term: string, rank: number): Label[] | undefined {
  const [before = '', after, ...rest] = term.split(ellipsis);
  const letters = term.replace(ellipsis, '');
  const hidden = rank - letters.length;
  if (rest.length > 0 || !/^[a-zA-Z]*$/.test(letters)) return undefined;
  if (after === undefined) return hidden === 0 ? [...letters] : undefined;
  if (hidden < 0) return undefined;
  return [...before, ...hiddenLabels(hidden), ...after];
}

/** The labels that a term of unknown rank names; its ellipsis may stand for as many axes as the operand has. */
function namedIn(term: string, rank: number): Label[] {
  const letters = [...term.replace(ellipsis, '')];
  return term.includes(ellipsis) ? [...letters, ...hiddenLabels(rank)] : letters;
}

function hiddenLabels(count: number): Label[] {
  return Array.from({ length: count }, (_, i) => `${ellipsis}${count - i}`);
}

/** Letters that stand once, in the order of the alphabet, behind what the ellipsis stands for. */
function impliedOutput(terms: readonly string[]): string {
  const all = terms.join('');
  const letters = [...all.replaceAll(ellipsis, '')];
  const once = letters.filter((letter) => letters.indexOf(letter) === letters.lastIndexOf(letter));
  return (all.includes(ellipsis) ? ellipsis : '') + once.sort().join('');
}
