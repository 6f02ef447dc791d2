/** All datasets of a file, by their paths. */
import { type Attributes, attributesOf } from './attributes';
import { type ElementType, elementTypeOf, shapeOf } from './datatype';
import type { Hdf5File } from './file';
import { linksOf } from './groups';
import { type Place, placeOf } from './layout';
import { type Message, messagesOf, messageTypes } from './objectHeader';

export interface Dataset {
  /** Names of the groups that it is in, then its own. */
  readonly path: readonly string[];
  readonly type: ElementType;
  readonly shape: readonly number[];
  readonly place: Place;
  readonly attributes: Attributes;
}

export interface Contents {
  readonly datasets: readonly Dataset[];
  /** Of groups, by their paths with slashes; '' of the root. */
  readonly attributes: ReadonlyMap<string, Attributes>;
}

const mostObjects = 1_000_000;
const mostDepth = 256;

/** @throws CheckpointError `malformed-file` */
export async function contentsOf(file: Hdf5File): Promise<Contents> {
  const datasets: Dataset[] = [];
  const attributes = new Map<string, Attributes>();
  /** By the address of its header: a dataset that has several names is several tensors in the same bytes. */
  const known = new Map<number, Omit<Dataset, 'path'> | undefined>();
  const groups = new Set<number>();
  const waiting: { address: number; path: readonly string[] }[] = [{ address: file.root, path: [] }];
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const { address, path } = next;
    // A group under another name goes round in a circle, or is what is listed already.
    if (groups.has(address)) continue;
    const again = known.get(address);
    if (again) datasets.push({ ...again, path });
    if (known.has(address)) continue;
    const messages = await messagesOf(file, address);
    const ofObject = await attributesOf(file, messages);
    if (messages.some(({ type }) => type === messageTypes.layout)) {
      const dataset = await datasetOf(file, messages, ofObject);
      known.set(address, dataset);
      if (dataset) datasets.push({ ...dataset, path });
      continue;
    }
    groups.add(address);
    attributes.set(path.join('/'), ofObject);
    const links = await linksOf(file, messages);
    if (path.length >= mostDepth || waiting.length + links.length + datasets.length > mostObjects) {
      throw file.fault('It has more groups within groups than any model');
    }
    for (const link of links.reverse()) waiting.push({ address: link.address, path: [...path, link.name] });
  }
  return { datasets, attributes };
}

async function datasetOf(
  file: Hdf5File,
  messages: readonly Message[],
  attributes: Attributes,
): Promise<Omit<Dataset, 'path'> | undefined> {
  const viewOf = (wanted: number) => messages.find(({ type }) => type === wanted)?.view;
  const [space, kind] = [viewOf(messageTypes.dataspace), viewOf(messageTypes.datatype)];
  const shape = space && shapeOf(file, space);
  if (!shape) return undefined;
  // A type that is shared has its message elsewhere.
  const type: ElementType = kind ? elementTypeOf(file, kind) : { kind: 'other', size: 0 };
  const place: Place =
    type.kind === 'heap text' || type.size === 0
      ? { readOnly: 'no numbers' }
      : await placeOf(file, messages, shape, type.size);
  return { type, shape, place, attributes };
}
