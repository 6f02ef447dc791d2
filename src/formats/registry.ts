/** The formats that Secateur opens. A new one is one folder and one line here. */
import { firstPart, type Part, sourceOfPart } from '../lib/parts';
import type { ByteSource } from '../lib/source';
import { type Checkpoint, type Format, sniffLength } from './format';
import { onnx } from './onnx';
import { pytorchLegacy, pytorchZip } from './pytorch';
import { recogniseFile } from './recognise';
import { safetensors } from './safetensors';
import { wrongFile } from './wrongFiles/wrongFile';

/** In the order in which they are asked: those with a magic number first, ONNX, which has none, last. */
export const formats: readonly Format[] = [pytorchZip, pytorchLegacy, safetensors, onnx];

/**
 * The format of a file by its first bytes. Its name counts only against it: a shard of a torch.distributed checkpoint is
 * one or more whole archives of torch.save.
 */
export async function formatOf(file: ByteSource, fileName: string): Promise<Format | undefined> {
  const head = await headOf(file);
  const format = formats.find((candidate) => candidate.sniff(head, file.size));
  return /\.distcp$/i.test(fileName) ? undefined : format;
}

/**
 * Opens a checkpoint of whatever format its first file is.
 * @throws CheckpointError `unrecognised-file` when no format claims it; the message says what the file is instead
 */
export async function openCheckpoint(source: ByteSource, parts: readonly Part[]): Promise<Checkpoint> {
  const { name } = firstPart(parts);
  const file = sourceOfPart(source, firstPart(parts));
  const format = await formatOf(file, name);
  if (format) return format.open(source, parts);
  throw wrongFile(await recogniseFile(file, await headOf(file), name), name);
}

function headOf(file: ByteSource): Promise<Uint8Array> {
  return file.read(0, Math.min(sniffLength, file.size));
}
