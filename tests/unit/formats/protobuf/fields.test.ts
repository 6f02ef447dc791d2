import { expect, it } from 'vitest';
import { type FieldSpec, int, type MessageType, text, walkMessage } from '../../../../src/formats/protobuf/walk';
import { int64sIn, rangeOf } from '../../../../src/formats/protobuf/wire';
import { field, intFields, textField } from '../../../../src/formats/protobuf/write';
import { concatenated } from '../../../../src/lib/bytes';
import { memorySource } from '../../../../src/lib/source';
import { type Splice, splicedSource } from '../../../../src/lib/splice';

interface Content {
  number?: number;
  text?: string;
  place?: readonly [begin: number, end: number];
}

const type: MessageType<Content> = {
  name: 'Content',
  fields: new Map<number, FieldSpec<Content>>([
    [1, int('number')],
    [2, text('text')],
    [
      16,
      {
        type: 'place',
        take(content, at) {
          const { start, end } = rangeOf(at);
          content.place = [start, end];
        },
      },
    ],
  ]),
};

async function read(message: Splice): Promise<Content> {
  const state: Content = {};
  await walkMessage(splicedSource(message), { type, state }, {});
  return state;
}

it('fields are read as they were written, whatever they are put together of', async () => {
  const elsewhere = { source: memorySource(Uint8Array.of(9, 9, 1, 2, 3)), start: 2, end: 5 };
  const before = [...intFields(1, [300]), ...textField(2, 'näme')];
  // A varint of two bytes behind a tag of one; a text of five behind tag and length.
  const begin = 3 + 2 + 5;
  expect(await read([...before, ...field(16, [elsewhere])])).toEqual({
    number: 300,
    text: 'näme',
    place: [begin, begin + 2 + 1 + 3],
  });
  expect(await read(intFields(1, [2 ** 53 - 1]))).toEqual({ number: 2 ** 53 - 1 });
});

it('fields that reach past the end, and groups, are refused', async () => {
  await expect(read([Uint8Array.of(0x0a, 5, 1)])).rejects.toThrow(/says it has 5 bytes/);
  await expect(read([Uint8Array.of(0x0b)])).rejects.toThrow(/wire type 3/);
});

it('packed numbers may be negative', () => {
  const minusOne = Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01);
  expect(int64sIn(concatenated([minusOne, Uint8Array.of(5)]))).toEqual([-1n, 5n]);
});
