/** Zip archives with other entries in them, whose checksums hold; with bombs; with directories that lie. */
import { deflateRawSync } from 'node:zlib';
import { readZip } from '../../../src/formats/zip/directory';
import { type StoredEntry, storedZip } from '../../../src/formats/zip/write';
import { crc32 } from '../../../src/lib/crc32';
import { memorySource } from '../../../src/lib/source';
import { splicedSource } from '../../../src/lib/splice';
import { hostileNames } from '../../support/hostileNames';
import type { Random } from '../random';
import { byteMutations } from './bytes';
import { type Bytes, joined, type Mutation, rearranged } from './mutation';

interface Entry {
  readonly name: string;
  readonly content: Bytes;
}

async function entriesOf(bytes: Bytes): Promise<Entry[] | undefined> {
  if (bytes[0] !== 0x50 || bytes[1] !== 0x4b) return undefined;
  const entries = await readZip(memorySource(bytes), {}).catch(() => undefined);
  if (!entries?.every(({ deflated }) => !deflated)) return undefined;
  return entries.map(({ name, range }) => ({ name, content: bytes.slice(range.start, range.end) }));
}

async function written(entries: readonly StoredEntry[]): Promise<Bytes> {
  const source = splicedSource(storedZip(entries));
  return joined(await source.read(0, source.size));
}

const stored = ({ name, content }: Entry): StoredEntry => ({ name, content: [content], crc: crc32(content) });

function deflated({ name, content }: Entry, told = content.length): StoredEntry {
  return { name, content: [joined(deflateRawSync(content))], crc: crc32(content), inflates: told };
}

/** @param within what damages the content of an entry */
export function zipMutations(within: (bytes: Bytes, random: Random) => Promise<Bytes>): readonly Mutation[] {
  const ofEntry: Mutation = async (bytes, random) => {
    const entries = await entriesOf(bytes);
    if (!entries || entries.length === 0) return undefined;
    // Pickles, programs and settings rather than weights.
    const at = random.chance(0.7) ? entries.findIndex(({ name }) => /\.(pkl|json|npy|h5)$/.test(name)) : -1;
    const place = at < 0 ? random.below(entries.length) : at;
    const entry = entries[place]!;
    const content = entry.content.length > 0 ? await within(entry.content, random) : entry.content;
    return written(entries.map((each, i) => stored(i === place ? { ...entry, content } : each)));
  };

  const ofEntries: Mutation = async (bytes, random) => {
    const entries = await entriesOf(bytes);
    if (!entries || entries.length === 0) return undefined;
    const at = random.below(entries.length);
    const { name, content } = entries[at]!;
    const other = random.pick(entries);
    const replaced = (entry: Entry) => written(entries.map((each, i) => stored(i === at ? entry : each)));
    switch (random.below(7)) {
      case 0:
      case 1:
        return written(rearranged(entries, random).map(stored));
      case 2:
        return replaced({
          name: random.pick([...hostileNames, `${name}/`, `/${name}`, name.toUpperCase(), 'n'.repeat(60_000)]),
          content,
        });
      case 3:
        return replaced({ name, content: other.content });
      case 4:
        return replaced({ name, content: new Uint8Array(0) });
      case 5:
        return written([
          ...entries.map(stored),
          ...Array.from({ length: random.pick([1, 300, 3000]) }, (_, i) =>
            stored({ name: `${name}${i}`, content: new Uint8Array(1) }),
          ),
        ]);
      default:
        // All of them in another archive's folder, or in none.
        return written(
          entries.map((each) =>
            stored({ ...each, name: each.name.replace(/^[^/]+\//, random.pick(['', 'a/b/', '../', 'x/'])) }),
          ),
        );
    }
  };

  const compressed: Mutation = async (bytes, random) => {
    const entries = await entriesOf(bytes);
    if (!entries || entries.length === 0) return undefined;
    const at = random.below(entries.length);
    const bomb = random.chance(0.5) ? new Uint8Array(random.pick([1, 8]) * 2 ** 20) : undefined;
    return written(
      entries.map((entry, i) => {
        if (i !== at) return random.chance(0.5) ? stored(entry) : deflated(entry);
        const { length } = entry.content;
        const content = bomb ?? entry.content;
        return deflated(
          { ...entry, content },
          random.pick([content.length, length, length + 1, Math.max(0, length - 1), 2 ** 31]),
        );
      }),
    );
  };

  const directory: Mutation = async (bytes, random) => {
    const start = bytes.length > 22 ? new DataView(bytes.buffer).getUint32(bytes.length - 6, true) : 0;
    if (bytes[0] !== 0x50 || start === 0 || start >= bytes.length) return undefined;
    const changed = await random.pick(byteMutations)(bytes.slice(start), random);
    return changed && joined(bytes.subarray(0, start), changed);
  };

  return [ofEntry, ofEntry, ofEntry, ofEntry, ofEntries, ofEntries, compressed, directory];
}
