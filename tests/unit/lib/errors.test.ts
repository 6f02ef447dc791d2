import { describe, expect, it } from 'vitest';
import { CheckpointError, fromWireError, malformed, throwIfCancelled, toWireError } from '../../../src/lib/errors';

/** As between two threads. */
const across = (thrown: unknown) => fromWireError(structuredClone(toWireError(thrown)));

it('their sentences are readable whatever a file puts into them', () => {
  expect(malformed('The record a\0\nb is missing.').message).toBe('The record a\ufffdb is missing.');
  const { message } = malformed(`The tensor ${'n'.repeat(100_000)} has no shape.`);
  expect(message).toMatch(/^The tensor n+ … n+ has no shape\.$/);
  expect(message.length).toBeLessThan(700);
});

describe('errors that cross to the page', () => {
  it('keep their code, sentence and place', () => {
    const error = across(
      malformed('The header is cut off.', { offset: 8, record: 'header', advice: 'Copy it again.' }),
    );
    expect(error).toBeInstanceOf(CheckpointError);
    expect(error).toMatchObject({
      code: 'malformed-file',
      message: 'The header is cut off.',
      context: { offset: 8, record: 'header', advice: 'Copy it again.' },
    });
  });

  it.each<[string, unknown, string]>([
    ['a file that changed', new DOMException('', 'NotReadableError'), 'file-unreadable'],
    ['a file that is gone', new DOMException('', 'NotFoundError'), 'file-unreadable'],
    ['an aborted read', new DOMException('', 'AbortError'), 'cancelled'],
    ['a buffer that could not be had', new RangeError('Array buffer allocation failed'), 'out-of-memory'],
    ['an array that is too long', new RangeError('Invalid array length'), 'out-of-memory'],
    ['a plain range error', new RangeError('precision is out of range'), 'internal'],
    ['a bug', new TypeError('x is undefined'), 'internal'],
    ['anything else', 'a string', 'internal'],
  ])('are typed also when they were not: %s', (_, thrown, code) => {
    expect(across(thrown).code).toBe(code);
  });

  it('keep the stack of bugs', () => {
    const bug = new TypeError('x is undefined');
    expect(across(bug).stack).toBe(bug.stack);
  });
});

it('throwIfCancelled throws once the signal has fired', () => {
  const controller = new AbortController();
  throwIfCancelled(undefined);
  throwIfCancelled(controller.signal);
  controller.abort();
  expect(() => throwIfCancelled(controller.signal)).toThrow(expect.objectContaining({ code: 'cancelled' }));
});
