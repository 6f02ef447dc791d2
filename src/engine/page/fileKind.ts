/** What a file is, as far as the page has to know, by its first bytes. Anything else is for the engine to open or to name. */
import { sniffLength } from '../../formats/format';
import { looksLikeModel } from '../../formats/onnx/sniff';
import { looksLikeLegacy, looksLikeZip } from '../../formats/pytorch/sniff';
import { looksLikeHeader } from '../../formats/safetensors/sniff';
import { firstEntryName } from '../../formats/zip/firstEntry';
import { startsWith } from '../../lib/bytes';
import { isInputNormsHead } from './inputNormsHead';
import { isRepairHead } from './repairHead';

export type FileKind =
  /** Norms of inputs, as they are saved beside a recipe. */
  | 'norms'
  /** Repaired weights, as they are saved beside a recipe. */
  | 'repair'
  /** An ONNX model. */
  | 'graph'
  /** A checkpoint that holds no graph. */
  | 'weights'
  /** `.npy`, `.npz`, ONNX test data. */
  | 'arrays'
  | 'image';

const npy = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];
/** PNG, JPEG, GIF, BMP; of those in containers, what stands behind the length. */
const images: readonly { readonly at: number; readonly bytes: readonly number[] }[] = [
  { at: 0, bytes: [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a] },
  { at: 0, bytes: [0xff, 0xd8, 0xff] },
  { at: 0, bytes: [0x47, 0x49, 0x46, 0x38] },
  { at: 0, bytes: [0x42, 0x4d] },
  { at: 8, bytes: [0x57, 0x45, 0x42, 0x50] },
  { at: 4, bytes: [0x66, 0x74, 0x79, 0x70, 0x61, 0x76, 0x69, 0x66] },
];
/** A TensorProto begins like anything: what ONNX calls its test data says what it is. */
const testData = /^(input|output)_\d+\.pb$/i;

export async function fileKind(file: File): Promise<FileKind | undefined> {
  const head = new Uint8Array(await file.slice(0, sniffLength).arrayBuffer());
  if (isInputNormsHead(head)) return 'norms';
  if (isRepairHead(head)) return 'repair';
  if (startsWith(head, npy) || firstEntryName(head)?.endsWith('.npy') || testData.test(file.name)) return 'arrays';
  // Two letters are few: a bitmap has the size of its file behind them.
  const isImage = images.some(
    ({ at, bytes }) => startsWith(head, bytes, at) && (bytes.length > 2 || isBitmap(head, file)),
  );
  if (isImage) return 'image';
  if (looksLikeZip(head) || looksLikeLegacy(head) || looksLikeHeader(head)) return 'weights';
  return looksLikeModel(head, file.size) ? 'graph' : undefined;
}

function isBitmap(head: Uint8Array, { size }: File): boolean {
  return head.length > 6 && new DataView(head.buffer).getUint32(2, true) === size;
}
