/** Token ids as text, for language models: one sequence a line. */
import { CheckpointError } from '../../lib/errors';
import { labelOf } from '../../tensors/dtype';
import type { GraphValue } from '../protocol';
import { fromNumbers, type Values } from '../values';
import type { Batch, Dataset } from './dataset';

const integerTypes: ReadonlySet<string> = new Set(['I64', 'I32']);

/**
 * @throws CheckpointError `evaluation-failed` for text that is no list of ids, and models that take more than ids,
 *   masks, positions and types
 */
export function tokenInputs(inputs: readonly GraphValue[], text: string): Dataset {
  const lines = text.split(/\n/).filter((line) => line.trim() !== '');
  if (lines.length === 0) {
    throw new CheckpointError('evaluation-failed', 'Token ids were expected, but there are none.', {
      advice: 'Write whole numbers separated by spaces or commas, one sequence a line.',
    });
  }
  const batches = lines.map((line, i): Batch => {
    const tokens = parseTokens(line, i);
    return { feeds: feedsFor(inputs, tokens), samples: 1, tokens };
  });
  const count = batches.reduce((sum, { tokens }) => sum + (tokens?.length ?? 0), 0);
  return { title: `${count} tokens`, samples: batches.length, batches, labelled: false, remarks: [] };
}

function parseTokens(line: string, index: number): Int32Array {
  return Int32Array.from(line.trim().split(/[\s,]+/), (word) => {
    if (/^\d{1,9}$/.test(word)) return Number(word);
    throw new CheckpointError(
      'evaluation-failed',
      `Line ${index + 1} of the token ids holds "${word.slice(0, 40)}", which is no whole number.`,
    );
  });
}

/** The ids of one sequence, and what models want beside them. */
export function feedsFor(inputs: readonly GraphValue[], tokens: Int32Array): Map<string, Values> {
  const isBeside = ({ name }: GraphValue) => /mask|position|type/i.test(name);
  const ids = inputs.find((input) => integerTypes.has(input.dtype) && !isBeside(input));
  if (!ids) {
    throw new CheckpointError('evaluation-failed', 'The model has no input that takes token ids.');
  }
  const feeds = new Map<string, Values>();
  for (const input of inputs) {
    const { name, dtype } = input;
    if (input !== ids && !(isBeside(input) && integerTypes.has(dtype))) {
      throw new CheckpointError(
        'evaluation-failed',
        `The model also takes ${name} (${labelOf(dtype)}), which cannot be made from token ids.`,
        { advice: 'Give all inputs as one .npz file.' },
      );
    }
    const shape = input.shape?.length === 1 ? [tokens.length] : [1, tokens.length];
    feeds.set(name, fromNumbers(dtype, shape, input === ids ? tokens : besideTokens(name, tokens.length)));
  }
  return feeds;
}

function besideTokens(name: string, length: number): Int32Array {
  if (/position/i.test(name)) return Int32Array.from({ length }, (_, i) => i);
  return new Int32Array(length).fill(/mask/i.test(name) ? 1 : 0);
}
