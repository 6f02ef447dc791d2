/** A node that reads other values, or has other attributes: every other field of it stays as it is, byte for byte. */
import { at } from '../../../lib/known';
import type { Splice } from '../../../lib/splice';
import { type FoundField, fieldsIn } from '../../protobuf/fields';
import { field, intFields, textField } from '../../protobuf/write';
import { attributeFields, attributeTypes, graphFields, nodeFields } from '../fieldNumbers';

export interface NodeEdits {
  /** By position: the name of what is read there. Those between, if it has fewer, are left out. */
  readonly inputs: ReadonlyMap<number, string>;
  /** By name: integers, an integer, or nothing any more. */
  readonly attributes: ReadonlyMap<string, readonly number[] | number | undefined>;
}

/** @param record as it stands in a graph, which reading has walked through already: tag and length included */
export function editedNode(record: Uint8Array<ArrayBuffer>, { inputs, attributes }: NodeEdits): Splice {
  const { start, end } = at([...fieldsIn(record, 0, record.length)], 0);
  const pieces: Splice[number][] = [];
  let position = 0;
  const named = new Set<string>();
  for (const found of fieldsIn(record, start, end)) {
    const own = record.subarray(found.begin, found.end);
    if (found.number === nodeFields.input) {
      const name = inputs.get(position++);
      pieces.push(...(name === undefined ? [own] : textField(nodeFields.input, name)));
    } else if (found.number === nodeFields.attribute) {
      const name = nameOf(record, found);
      named.add(name);
      pieces.push(...(attributes.has(name) ? attribute(name, attributes.get(name)) : [own]));
    } else pieces.push(own);
  }
  const last = Math.max(-1, ...inputs.keys());
  for (; position <= last; position++) pieces.push(...textField(nodeFields.input, inputs.get(position) ?? ''));
  for (const [name, value] of attributes) if (!named.has(name)) pieces.push(...attribute(name, value));
  return field(graphFields.node, pieces);
}

function nameOf(bytes: Uint8Array, { start, end }: FoundField): string {
  let name = '';
  for (const found of fieldsIn(bytes, start, end)) {
    if (found.number === attributeFields.name) name = new TextDecoder().decode(bytes.subarray(found.start, found.end));
  }
  return name;
}

function attribute(name: string, value: readonly number[] | number | undefined): Splice {
  if (value === undefined) return [];
  const content =
    typeof value === 'number'
      ? [...intFields(attributeFields.int, [value]), ...intFields(attributeFields.type, [attributeTypes.int])]
      : [
          ...value.flatMap((each) => intFields(attributeFields.ints, [each])),
          ...intFields(attributeFields.type, [attributeTypes.ints]),
        ];
  return field(nodeFields.attribute, [...textField(attributeFields.name, name), ...content]);
}
