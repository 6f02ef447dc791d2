/** Checkpoints that lie one behind the other in a source, as the one checkpoint whose shards they are. */
import { CheckpointError } from '../../lib/errors';
import { at } from '../../lib/known';
import type { Part } from '../../lib/parts';
import type { Capabilities } from '../../tensors/capabilities';
import type { ByteRange, Storage, TensorInfo } from '../../tensors/tensor';
import type { Checkpoint, Checksum, Note } from '../format';
import { type Judging, joinedJudging, judgementsOf } from '../judging';
import { uniqueNames } from '../names';

/** A file of a checkpoint, opened by itself. */
export interface Shard {
  readonly part: Part;
  readonly checkpoint: Checkpoint;
}

/**
 * Kinds and axes are judged over all of them: a layer's bias may lie in the next file.
 * @param parts of the whole
 * @param shards one at least, in the order of the source
 * @throws CheckpointError `malformed-file` where two hold a tensor of one name; `unsupported-feature` where they are no
 *   shards of anything
 */
export function joinShards(parts: readonly Part[], shards: readonly Shard[]): Checkpoint {
  const first = at(shards, 0).checkpoint;
  const judging = joinedJudging(shards.map(judgingOf));
  assertDifferent(judging, shards);
  assertOneOrder(shards);
  const storages: Storage[] = [];
  const checksums: Checksum[] = [];
  const unjudged: TensorInfo[] = [];
  for (const { part, checkpoint } of shards) {
    const [base, first] = [part.start, storages.length];
    for (const tensor of checkpoint.tensors) {
      unjudged.push(tensor.storage < 0 ? tensor : { ...tensor, storage: tensor.storage + first });
    }
    for (const { segments, byteLength } of checkpoint.storages) {
      storages.push({ segments: segments.map((segment) => moved(segment, base)), byteLength });
    }
    for (const { range, fields, ...checksum } of checkpoint.checksums) {
      checksums.push({ ...checksum, range: moved(range, base), fields: fields.map((field) => field + base) });
    }
  }
  const judgements = judgementsOf(judging);
  const names = uniqueNames(judging.tensors);
  const formats = new Set(shards.map(({ checkpoint }) => checkpoint.format));
  const readOnly = shards.find(({ checkpoint }) => checkpoint.readOnly !== undefined);
  return {
    format: [...formats].join(' and '),
    can: sharedBy(shards),
    parts,
    tensors: unjudged.map(({ kind, because, axes, ...tensor }, i) => ({
      ...tensor,
      name: at(names, i),
      ...at(judgements, i),
    })),
    storages,
    checksums,
    byteOrder: first.byteOrder,
    notes: notesOf(shards),
    ...(readOnly && { readOnly: `${readOnly.part.name}: ${readOnly.checkpoint.readOnly}` }),
  };
}

function moved({ start, end }: ByteRange, by: number): ByteRange {
  return { start: start + by, end: end + by };
}

function judgingOf({ part, checkpoint }: Shard): Judging {
  if (checkpoint.judged) return checkpoint.judged;
  throw new CheckpointError(
    'unsupported-feature',
    `${part.name} is ${checkpoint.format}, which has no shards: it is a checkpoint of its own.`,
    { file: part.name, advice: 'Open it alone.' },
  );
}

/** Of a tensor in two of them programs take the one or the other. */
function assertDifferent({ tensors }: Judging, shards: readonly Shard[]): void {
  const owners = new Map<string, Part>();
  let next = 0;
  for (const { part, checkpoint } of shards) {
    for (const end = next + checkpoint.tensors.length; next < end; next++) {
      const { name, container } = at(tensors, next);
      const key = JSON.stringify([container, name]);
      const other = owners.get(key);
      if (!other || other === part) owners.set(key, part);
      else {
        const shown = name.slice(0, 100);
        throw new CheckpointError(
          'malformed-file',
          `The tensor "${shown}" is in ${other.name} and in ${part.name}: programs disagree about which one counts.`,
          { file: part.name, tensor: shown, advice: 'Save the checkpoint again, or open one of the files alone.' },
        );
      }
    }
  }
}

function assertOneOrder(shards: readonly Shard[]): void {
  const first = at(shards, 0);
  const other = shards.find(({ checkpoint }) => checkpoint.byteOrder !== first.checkpoint.byteOrder);
  if (!other) return;
  throw new CheckpointError(
    'unsupported-feature',
    `${first.part.name} is ${first.checkpoint.byteOrder}-endian and ${other.part.name} is not: they are no shards of one checkpoint.`,
    { file: other.part.name, advice: 'Open them one at a time.' },
  );
}

/** What can be done with every one of them. Scripts read the shards of an index, which are safetensors. */
function sharedBy(shards: readonly Shard[]): Capabilities {
  const all = shards.map(({ checkpoint }) => checkpoint.can);
  const { stateDict, script } = at(all, 0);
  return {
    ...(all.some(({ needsTrust }) => needsTrust) && { needsTrust: true }),
    ...(stateDict && all.every((can) => can.stateDict === stateDict) && { stateDict }),
    ...(script && all.every((can) => can.script === script) && { script }),
  };
}

/** The same is said once. */
function notesOf(shards: readonly Shard[]): Note[] {
  const notes = new Map<string, Note>();
  for (const { checkpoint } of shards) for (const note of checkpoint.notes) notes.set(note.text, note);
  return [...notes.values()];
}
