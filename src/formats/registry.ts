/** The formats that Secateur opens. A new one is one folder and one line here. */
import { CheckpointError } from '../lib/errors';
import type { ByteSource } from '../lib/source';
import { type Checkpoint, type Format, sniffLength } from './format';
import { onnx } from './onnx';
import { pytorchLegacy, pytorchZip } from './pytorch';
import { recognise } from './recognise';
import { safetensors } from './safetensors';

/** In the order in which they are asked: those with a magic number first, ONNX, which has none, last. */
export const formats: readonly Format[] = [pytorchZip, pytorchLegacy, safetensors, onnx];

/**
 * Opens a checkpoint of whatever format its first bytes are, never by its name.
 * @throws CheckpointError `unrecognised-file` when no format claims it; the message says what the file is instead
 */
export async function openCheckpoint(source: ByteSource, fileName: string): Promise<Checkpoint> {
  const head = await source.read(0, Math.min(sniffLength, source.size));
  const format = formats.find((candidate) => candidate.sniff(head, source.size));
  if (format) return format.open(source, fileName);
  const { what, advice } = recognise(head, source.size, fileName);
  throw new CheckpointError('unrecognised-file', `This is ${what}.`, { file: fileName, advice });
}
