/** Protobuf whose fields are doubled, swapped, left out, nested and of other values, with lengths around them that hold (or lie). */
import { hostileNames } from '../../support/hostileNames';
import type { Random } from '../random';
import { byteMutations } from './bytes';
import { type Bytes, joined, type Mutation, rearranged } from './mutation';

interface Field {
  readonly number: number;
  readonly wire: number;
  /** Of wire type 0. */
  readonly value: bigint;
  /** Of the others. */
  readonly body: Uint8Array;
}

/** Undefined where bytes are no whole message. */
function fieldsOf(bytes: Uint8Array): Field[] | undefined {
  const fields: Field[] = [];
  let at = 0;
  const varint = (): bigint | undefined => {
    let value = 0n;
    for (let shift = 0n; at < bytes.length && shift < 70n; shift += 7n) {
      const byte = bytes[at++]!;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    return undefined;
  };
  while (at < bytes.length) {
    const tag = varint();
    if (tag === undefined || tag < 8n || tag > 0xffffffffn) return undefined;
    const wire = Number(tag & 7n);
    const number = Number(tag >> 3n);
    if (wire === 0) {
      const value = varint();
      if (value === undefined) return undefined;
      fields.push({ number, wire, value, body: new Uint8Array(0) });
      continue;
    }
    const length = wire === 2 ? varint() : wire === 1 ? 8n : wire === 5 ? 4n : undefined;
    if (length === undefined || length > BigInt(bytes.length - at)) return undefined;
    fields.push({ number, wire, value: 0n, body: bytes.subarray(at, at + Number(length)) });
    at += Number(length);
  }
  return fields;
}

function varintBytes(value: bigint): Uint8Array {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, value);
  for (; rest >= 128n; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  return Uint8Array.from([...bytes, Number(rest)]);
}

function written(fields: readonly Field[]): Bytes {
  return joined(
    ...fields.flatMap(({ number, wire, value, body }) => {
      const tag = varintBytes(BigInt(number) * 8n + BigInt(wire));
      if (wire === 0) return [tag, varintBytes(value)];
      return wire === 2 ? [tag, varintBytes(BigInt(body.length)), body] : [tag, body];
    }),
  );
}

/** Which are damaged many times over: none grows without bounds. */
const mostBytes = 2 ** 18;

const numbers = [0n, 1n, -1n, 2n, 127n, 2n ** 31n, 2n ** 32n - 1n, 2n ** 53n, 2n ** 63n - 1n, -(2n ** 63n)];

/** One field of a message, at a depth that is drawn, is damaged. */
const damaged: Mutation = (bytes, random) => {
  const path: { readonly fields: Field[]; readonly at: number }[] = [];
  let fields = fieldsOf(bytes);
  if (!fields || fields.length === 0) return undefined;
  for (let depth = 0; depth < 8 && random.chance(0.8); depth++) {
    const within: number[] = fields.flatMap(({ wire, body }, i) => (wire === 2 && body.length > 1 ? [i] : []));
    if (within.length === 0) break;
    const at = random.pick(within);
    const inner = fieldsOf(fields[at]!.body);
    if (!inner || inner.length === 0) break;
    path.push({ fields, at });
    fields = inner;
  }
  let body = withDamage(fields, random);
  for (const { fields: outer, at } of path.reverse()) {
    body = written(outer.map((field, i) => (i === at ? { ...field, body } : field)));
  }
  return body;
};

function withDamage(fields: readonly Field[], random: Random): Bytes {
  const at = random.below(fields.length);
  const field = fields[at]!;
  const replaced = (...by: readonly Field[]) => written(fields.flatMap((each, i) => (i === at ? by : [each])));
  const { body } = field;
  switch (random.below(9)) {
    case 0:
    case 1:
      return written(rearranged(fields, random));
    case 2:
      return replaced({ ...field, number: 1 + random.below(40) });
    case 3:
      return replaced({ ...field, wire: random.below(8) });
    case 4: {
      let nested = joined(body);
      const depth = random.pick([3, 60, 200, 1500]);
      // Of large ones few levels: each is a copy of all.
      for (let left = Math.min(depth, Math.ceil(mostBytes / (body.length + depth))); left > 0; left--)
        nested = written([{ ...field, wire: 2, body: nested }]);
      return replaced({ ...field, wire: 2, body: nested });
    }
    case 5:
      // A length or a number of more bytes than there are, at the end.
      return joined(
        written(fields),
        varintBytes(BigInt(field.number) * 8n + 2n),
        random.pick([varintBytes(2n ** 40n), Uint8Array.of(255, 255)]),
      );
    case 6:
      return replaced(
        ...Array.from(
          { length: Math.min(random.pick([2, 50, 2000]), Math.ceil(mostBytes / (body.length + 1))) },
          () => field,
        ),
      );
    default:
      if (field.wire === 0) return replaced({ ...field, value: random.pick([field.value + 1n, ...numbers]) });
      return replaced({ ...field, body: otherBody(joined(body), random) });
  }
}

function otherBody(body: Bytes, random: Random): Uint8Array {
  switch (random.below(4)) {
    case 0:
      return new TextEncoder().encode(random.pick(hostileNames));
    case 1:
      return joined(...Array.from({ length: random.pick([1, 8, 100]) }, () => varintBytes(random.pick(numbers))));
    case 2:
      return new Uint8Array(0);
    default: {
      const made = body.length > 0 ? random.pick(byteMutations)(body, random) : body;
      return made instanceof Uint8Array ? made : body;
    }
  }
}

export const protobufMutations: readonly Mutation[] = [damaged];
