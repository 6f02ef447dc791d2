/** What cannot be anything else, by its first bytes. */
import { at } from '../../lib/known';
import {
  exportedFrom,
  formatsThatOpen,
  joinShards,
  loadAndSave,
  notYet,
  openWeights,
  saveArrays,
  unpack,
} from './advice';
import { isMindSpore } from './mindspore';
import { isPickle, type Row } from './row';

const compiled = `Compiled programs cannot be pruned. ${exportedFrom}`;

export const byContent: readonly Row[] = [
  {
    test: ({ size }) => size === 0,
    what: 'an empty file',
    advice: 'Its download or copy probably failed: get it again.',
  },
  {
    test: ({ head }) => head.length >= 16 && head.every((byte) => byte === 0),
    what: 'a file that begins with nothing but zeros',
    advice: 'Its download or copy probably did not finish: get it again.',
  },
  {
    magic: 'version https://git-lfs.github.com/spec/',
    what: 'a Git LFS pointer, not the file it stands for',
    advice: 'Fetch the file itself with "git lfs pull", or download it from the web page of the repository.',
  },
  { magic: ['lmgg', 'tjgg', 'fmgg', 'algg', 'ggml', 'ggjt'], what: 'a GGML model', advice: exportedFrom },
  { magic: 'MATLAB ', what: 'a MATLAB file', advice: saveArrays('scipy.io.loadmat') },
  // Identifiers of flatbuffers, behind the offset of their root.
  { magic: 'ORTM', at: 4, what: 'an ONNX Runtime model (.ort)', advice: 'Open the .onnx model that it was made from.' },
  {
    test: ({ text }) => /^ET\d\d$/.test(text.slice(4, 8)),
    what: 'an ExecuTorch program (.pte), compiled for phones and small devices',
    advice: compiled,
  },
  { magic: 'FT01', at: 4, what: 'the weights of an ExecuTorch program (.ptd)', advice: compiled },
  { magic: 'PTMF', at: 4, what: 'a PyTorch Mobile program (.ptl), compiled for phones', advice: compiled },
  { magic: 'LITERTLM', what: 'a LiteRT-LM model, compiled for phones', advice: compiled },
  { magic: 'RKNN', what: 'an RKNN model, compiled for a Rockchip device', advice: compiled },
  { magic: 'IMOD', what: 'an offline model (.om), compiled for an Ascend device', advice: compiled },
  { magic: ['ptrt', 'ftrt'], what: 'a TensorRT engine', advice: `Engines cannot be pruned. ${exportedFrom}` },
  { magic: '7767517', what: 'an ncnn model description', advice: exportedFrom },
  {
    test: isMindSpore,
    what: 'a MindSpore checkpoint',
    advice: notYet('convert it with mindspore.ckpt_to_safetensors("model.ckpt", "folder") and open what that writes'),
  },
  {
    magic: '\x0c\xdb\x3a\x2a',
    what: 'the manifest of an Orbax checkpoint',
    advice: saveArrays('orbax.checkpoint.PyTreeCheckpointer().restore'),
  },
  {
    magic: 'ustar',
    at: 257,
    test: ({ text }) => /^(\.\/)?(sys_info|pickle|storages|tensors)$/.test(tarEntry(text)),
    what: "a checkpoint in PyTorch's first format (a tar, before 0.1.10)",
    advice: 'Load it in PyTorch and save it again with torch.save.',
  },
  { magic: '\x89PNG', what: 'an image', advice: openWeights },
  { magic: '\xff\xd8\xff', what: 'an image', advice: openWeights },
  { magic: ['GIF87a', 'GIF89a', 'II*\0', 'MM\0*'], what: 'an image', advice: openWeights },
  { magic: 'RIFF', test: ({ text }) => text.startsWith('WEBP', 8), what: 'an image', advice: openWeights },
  { magic: ['RIFF', 'OggS', 'ID3', 'fLaC'], what: 'a sound recording', advice: openWeights },
  { magic: 'ftyp', at: 4, what: 'a video', advice: openWeights },
  { magic: '%PDF-', what: 'a PDF document', advice: openWeights },
  { magic: 'PAR1', what: 'a Parquet table', advice: openWeights },
  { magic: 'ARROW1', what: 'an Arrow table', advice: openWeights },
  { magic: 'SQLite format 3\0', what: 'an SQLite database', advice: openWeights },
  { magic: ['\x7fELF', 'MZ', '\xcf\xfa\xed\xfe', '\xca\xfe\xba\xbe', '\0asm'], what: 'a program', advice: openWeights },
  {
    test: (evidence) => isPickle(evidence) && /torch\.distributed\.checkpoint\.metadata/.test(evidence.text),
    what: 'the index of a torch.distributed checkpoint, whose weights are in the .distcp files beside it',
    advice: joinShards,
  },
  {
    test: (evidence) => isPickle(evidence) && /sklearn|joblib|xgboost|lightgbm/.test(evidence.text),
    what: 'a pickled scikit-learn (or similar) model',
    advice: `Secateur prunes neural networks: ${formatsThatOpen}.`,
  },
];

/** What may hold anything: asked when neither the bytes nor the name say more. */
export const containers: readonly Row[] = [
  {
    test: isPickle,
    what: 'a Python pickle that torch.save did not write',
    advice: `Load it in Python. ${loadAndSave}`,
  },
  { magic: 'ustar', at: 257, what: 'a tar archive', advice: unpack },
  { magic: '\x1f\x8b', what: 'a gzip archive', advice: unpack },
  { magic: "7z\xbc\xaf'\x1c", what: 'a 7-Zip archive', advice: unpack },
  { magic: 'Rar!\x1a\x07', what: 'a RAR archive', advice: unpack },
  { magic: '\xfd7zXZ\0', what: 'an xz archive', advice: unpack },
  { magic: 'BZh', what: 'a bzip2 archive', advice: unpack },
  { magic: '\x28\xb5\x2f\xfd', what: 'a Zstandard archive', advice: unpack },
  { magic: '\x04\x22\x4d\x18', what: 'an LZ4 archive', advice: unpack },
];

/** Name of the first entry: up to 100 bytes, ended by a zero. */
function tarEntry(text: string): string {
  return at(text.slice(0, 100).split('\0', 1), 0);
}
