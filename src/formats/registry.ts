/** The formats that Secateur opens. A new one is one folder and one line here. */

import { isAllocationFailure, malformed } from '../lib/errors';
import { later } from '../lib/later';
import { firstPart, type Part, sourceOfPart } from '../lib/parts';
import type { ByteSource } from '../lib/source';
import { looksLikeFlax } from './flax/sniff';
import { type Checkpoint, type Format, sniffLength } from './format';
import { looksLikeGguf } from './gguf/sniff';
import { looksLikeHdf5 } from './keras/hdf5/sniff';
import { looksLikeKeras } from './keras/sniff';
import { looksLikeArray, looksLikeArrays } from './numpy/sniff';
import { looksLikeModel } from './onnx/sniff';
import { looksLikeOpenVino } from './openvino/sniff';
import { looksLikePickledArrays } from './pickled/sniff';
import { looksLikeLegacy, looksLikeZip } from './pytorch/sniff';
import { looksLikeHeader } from './safetensors/sniff';
import { shardName } from './shards/names';
import { looksLikeIndex } from './shards/sniff';
import { looksLikeTensorFlow } from './tensorflow/sniff';
import { looksLikeTflite } from './tflite/sniff';

/** A format whose reader is fetched when a file is of it. */
export type LaterFormat = Pick<Format, 'sniff'> & { readonly load: () => Promise<Format> };

const pytorch = later(() => import('./pytorch'));
const safetensors = later(() => import('./safetensors'));
const gguf = later(() => import('./gguf'));
const flax = later(() => import('./flax'));
const numpy = later(() => import('./numpy'));
const openvino = later(() => import('./openvino'));
const pickled = later(() => import('./pickled'));
const tensorflow = later(() => import('./tensorflow'));
const tflite = later(() => import('./tflite'));
const keras = later(() => import('./keras'));
const onnx = later(() => import('./onnx'));
const shards = later(() => import('./shards'));
const recognition = later(() => import('./recognise'));

/** In the order in which they are asked: those with a magic number first, ONNX, which has none, last. */
const formats: readonly LaterFormat[] = [
  { sniff: looksLikeArrays, load: async () => (await numpy()).npz },
  { sniff: looksLikeArray, load: async () => (await numpy()).npy },
  { sniff: looksLikeZip, load: async () => (await pytorch()).pytorchZip },
  { sniff: looksLikeLegacy, load: async () => (await pytorch()).pytorchLegacy },
  { sniff: looksLikePickledArrays, load: async () => (await pickled()).pickled },
  { sniff: looksLikeHeader, load: async () => (await safetensors()).safetensors },
  { sniff: looksLikeGguf, load: async () => (await gguf()).gguf },
  { sniff: looksLikeOpenVino, load: async () => (await openvino()).openvino },
  { sniff: looksLikeIndex, load: async () => (await shards()).indexOfShards(openOne) },
  { sniff: looksLikeTensorFlow, load: async () => (await tensorflow()).tensorflow },
  { sniff: looksLikeTflite, load: async () => (await tflite()).tflite },
  { sniff: looksLikeKeras, load: async () => (await keras()).kerasArchive },
  { sniff: looksLikeHdf5, load: async () => (await keras()).hdf5 },
  { sniff: looksLikeFlax, load: async () => (await flax()).flax },
  { sniff: looksLikeModel, load: async () => (await onnx()).onnx },
];

/**
 * The format of a file by its first bytes. Its name counts only against it: a shard of a torch.distributed checkpoint is
 * one or more whole archives of torch.save.
 */
export async function formatOf(file: ByteSource, fileName: string): Promise<Format | undefined> {
  const head = await headOf(file);
  const format = formats.find((candidate) => candidate.sniff(head, file.size, fileName));
  return /\.distcp$/i.test(fileName) ? undefined : format?.load();
}

/**
 * Opens a checkpoint of whatever format its first file is.
 * @throws CheckpointError `unrecognised-file` when no format claims it; the message says what the file is instead
 */
export async function openCheckpoint(source: ByteSource, parts: readonly Part[]): Promise<Checkpoint> {
  if (!parts.every(({ name }) => shardName(name))) return openOne(source, parts);
  const first = firstPart(parts);
  const format = await formatOf(sourceOfPart(source, first), first.name);
  return format?.hasShards ? (await shards()).openShards(source, parts, openOne) : openOne(source, parts);
}

async function openOne(source: ByteSource, parts: readonly Part[]): Promise<Checkpoint> {
  const { name } = firstPart(parts);
  const file = sourceOfPart(source, firstPart(parts));
  const format = await formatOf(file, name);
  if (format) return await format.open(source, parts).catch((thrown: unknown) => refuseBeyond(thrown, name));
  throw await (await recognition()).whatElse(file, await headOf(file), name);
}

/** A structure that is shorter than its own fields: whatever reads it fails at the same place. */
function refuseBeyond(thrown: unknown, file: string): never {
  if (!(thrown instanceof RangeError) || isAllocationFailure(thrown)) throw thrown;
  throw malformed(`${file} has a part that ends before what it should hold.`, {
    file,
    advice: 'The file is damaged: download or copy it again.',
  });
}

function headOf(file: ByteSource): Promise<Uint8Array> {
  return file.read(0, Math.min(sniffLength, file.size));
}
