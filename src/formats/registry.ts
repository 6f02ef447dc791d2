/** The formats that Secateur opens. A new one is one folder and one line here. */
import { later } from '../lib/later';
import { firstPart, type Part, sourceOfPart } from '../lib/parts';
import type { ByteSource } from '../lib/source';
import { type Checkpoint, type Format, sniffLength } from './format';
import { looksLikeModel } from './onnx/sniff';
import { looksLikeLegacy, looksLikeZip } from './pytorch/sniff';
import { looksLikeHeader } from './safetensors/sniff';

/** A format whose reader is fetched when a file is of it. */
export type LaterFormat = Pick<Format, 'sniff'> & { readonly load: () => Promise<Format> };

const pytorch = later(() => import('./pytorch'));
const safetensors = later(() => import('./safetensors'));
const onnx = later(() => import('./onnx'));
const recognition = later(() => import('./recognise'));

/** In the order in which they are asked: those with a magic number first, ONNX, which has none, last. */
const formats: readonly LaterFormat[] = [
  { sniff: looksLikeZip, load: async () => (await pytorch()).pytorchZip },
  { sniff: looksLikeLegacy, load: async () => (await pytorch()).pytorchLegacy },
  { sniff: looksLikeHeader, load: async () => (await safetensors()).safetensors },
  { sniff: looksLikeModel, load: async () => (await onnx()).onnx },
];

/**
 * Opens a checkpoint of whatever format its first bytes are. Its name counts only against it: a shard of a
 * torch.distributed checkpoint is one or more whole archives of torch.save.
 * @throws CheckpointError `unrecognised-file` when no format claims it; the message says what the file is instead
 */
export async function openCheckpoint(source: ByteSource, parts: readonly Part[]): Promise<Checkpoint> {
  const part = firstPart(parts);
  const file = sourceOfPart(source, part);
  const head = await file.read(0, Math.min(sniffLength, file.size));
  const format = formats.find((candidate) => candidate.sniff(head, file.size));
  if (format && !/\.distcp$/i.test(part.name)) return (await format.load()).open(source, parts);
  throw await (await recognition()).whatElse(file, head, part.name);
}
