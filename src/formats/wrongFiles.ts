/** What people drop by mistake: rows that tell a file by its bytes, its text or, failing both, its name. */

export interface Recognition {
  /** What the file is, as the end of "This is …". */
  readonly what: string;
  /** One sentence. */
  readonly advice: string;
}

/** The first bytes of a file, with what is known besides. */
export interface Evidence {
  readonly head: Uint8Array;
  /** `head` as Latin-1 text. */
  readonly text: string;
  readonly size: number;
  /** In lower case. */
  readonly fileName: string;
}

export interface Row extends Recognition {
  /** Bytes at an offset (0 unless said), as Latin-1. */
  readonly magic?: string | readonly string[];
  readonly at?: number;
  /** Endings of the file name. With `magic` or `test` both must hold. */
  readonly endings?: readonly string[];
  readonly test?: (evidence: Evidence) => boolean;
}

const formatsThatOpen = 'PyTorch (.pth, .pt, .bin, .ckpt), safetensors and ONNX files';
const notYet = `Secateur does not open it yet; it opens ${formatsThatOpen}.`;
const openWeights = `Open the file with the weights: ${formatsThatOpen}.`;
const unpack = 'Unpack it and open the checkpoint inside.';
const loadAndSave = 'Save its state_dict with torch.save, or its tensors with safetensors, and open that.';
const downloadAgain = 'Download it again.';
const checkLink = 'Check the link, log in if the site asks for it, and download it again.';
const exportedFrom = 'Open the checkpoint that it was made from.';

/** First what cannot be anything else, by its bytes. The first row that holds decides. */
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
  { magic: 'GGUF', what: 'a GGUF model', advice: notYet },
  {
    magic: ['lmgg', 'tjgg', 'fmgg', 'algg', 'ggml', 'ggjt'],
    what: 'a GGML model',
    advice: 'Convert it to GGUF or open the checkpoint it was made from.',
  },
  { magic: '\x89HDF\r\n\x1a\n', endings: ['.mat'], what: 'a MATLAB file', advice: notYet },
  { magic: '\x89HDF\r\n\x1a\n', what: 'an HDF5 file, such as Keras weights', advice: notYet },
  { magic: '\x89HDF\r\n\x1a\n', at: 512, what: 'an HDF5 file with a user block', advice: notYet },
  { magic: 'MATLAB ', what: 'a MATLAB file', advice: notYet },
  { magic: 'TFL3', at: 4, what: 'a TensorFlow Lite model', advice: notYet },
  {
    magic: 'ORTM',
    at: 4,
    what: 'an ONNX Runtime model (.ort)',
    advice: 'Open the .onnx model that it was converted from.',
  },
  { magic: '\x93NUMPY', what: 'a NumPy array', advice: notYet },
  { magic: ['ptrt', 'ftrt'], what: 'a TensorRT engine', advice: `Engines cannot be pruned. ${exportedFrom}` },
  { magic: '7767517', what: 'an ncnn model description', advice: exportedFrom },
  {
    magic: 'PK\x03\x04',
    test: zipHolds('metadata.json', 'config.json', 'model.weights.h5'),
    what: 'a Keras model (.keras)',
    advice: notYet,
  },
  { magic: 'PK\x03\x04', endings: ['.keras'], what: 'a Keras model (.keras)', advice: notYet },
  { magic: 'PK\x03\x04', test: firstZipEntry(/\.npy$/), what: 'NumPy arrays (.npz)', advice: notYet },
  {
    magic: 'PK\x03\x04',
    test: firstZipEntry(/\.mlpackage\/|^Manifest\.json$/),
    what: 'a Core ML package',
    advice: exportedFrom,
  },
  { magic: 'PK\x03\x04', test: firstZipEntry(/\.mar$|^MAR-INF\//), what: 'a TorchServe archive', advice: unpack },
  { magic: 'PK\x03\x04', test: zipHolds('[Content_Types].xml'), what: 'an office document', advice: openWeights },
  {
    magic: 'PK\x03\x04',
    test: zipHolds('META-INF/', 'AndroidManifest.xml'),
    what: 'a program (.jar or .apk)',
    advice: openWeights,
  },
  { magic: ['PK\x03\x04', 'PK\x05\x06'], what: 'a zip archive that is no PyTorch checkpoint', advice: unpack },
  {
    magic: 'ustar',
    at: 257,
    test: ({ text }) => /^(\.\/)?(sys_info|pickle|storages|tensors)$/.test(tarEntry(text)),
    what: "a checkpoint in PyTorch's first format (a tar, before 0.1.10)",
    advice: 'Load it in PyTorch and save it again with torch.save.',
  },
  { magic: 'ustar', at: 257, endings: ['.nemo'], what: 'a NeMo archive', advice: unpack },
  { magic: 'ustar', at: 257, what: 'a tar archive', advice: unpack },
  { magic: '\x1f\x8b', what: 'a gzip archive', advice: unpack },
  { magic: "7z\xbc\xaf'\x1c", what: 'a 7-Zip archive', advice: unpack },
  { magic: 'Rar!\x1a\x07', what: 'a RAR archive', advice: unpack },
  { magic: '\xfd7zXZ\0', what: 'an xz archive', advice: unpack },
  { magic: 'BZh', what: 'a bzip2 archive', advice: unpack },
  { magic: '\x28\xb5\x2f\xfd', what: 'a Zstandard archive', advice: unpack },
  { magic: '\x04\x22\x4d\x18', what: 'an LZ4 archive', advice: unpack },
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
    test: ({ text }) => isPickle(text) && /sklearn|joblib|xgboost|lightgbm/.test(text),
    what: 'a pickled scikit-learn (or similar) model',
    advice: 'Secateur prunes neural networks saved by PyTorch, safetensors or ONNX.',
  },
  {
    test: ({ text }) => isPickle(text),
    what: 'a Python pickle that torch.save did not write',
    advice: `Load it in Python. ${loadAndSave}`,
  },
];

/** Text files of known content. */
export const byText: readonly Row[] = [
  {
    test: ({ text }) => /^\s*\{/.test(text) && /"format"\s*:\s*"secateur-recipe"/.test(text),
    what: 'a Secateur recipe',
    advice: 'Open it together with a checkpoint, or after one.',
  },
  {
    test: ({ text, fileName }) =>
      /^\s*\{/.test(text) && (/"weight_map"\s*:/.test(text) || fileName.endsWith('.index.json')),
    what: 'the index of a sharded checkpoint',
    advice: 'Open one of the shards it lists, such as model-00001-of-00002.safetensors.',
  },
  {
    test: ({ text }) => /^\s*\{/.test(text) && /"(model_type|architectures|_class_name|torch_dtype)"\s*:/.test(text),
    what: 'the configuration of a model',
    advice: openWeights,
  },
  {
    test: ({ text }) => /^\s*\{\s*"(error|errors|message|detail)"\s*:/.test(text),
    what: 'an error message of a web site, not the file that was asked of it',
    advice: checkLink,
  },
  {
    test: ({ text }) => /^\s*\{/.test(text) && /"(modelTopology|weightsManifest)"\s*:/.test(text),
    what: 'a TensorFlow.js model',
    advice: notYet,
  },
  {
    test: ({ text }) => /^\s*\{/.test(text) && /"learner"\s*:/.test(text),
    what: 'an XGBoost model',
    advice: openWeights,
  },
  { test: ({ text }) => /^\s*[[{]/.test(text) && looksLikeJson(text), what: 'a JSON file', advice: openWeights },
  {
    test: ({ text }) => /^\s*(<\?xml[^>]*>\s*)?(<!--((?!-->).)*-->\s*)*<(!doctype html|html|head|body)/is.test(text),
    what: 'a web page',
    advice: 'The link probably led to a page about the file: use its download button.',
  },
  {
    test: ({ text }) => /^\s*<(\?xml|net\b)/.test(text) && text.includes('<net '),
    what: 'an OpenVINO model description',
    advice: exportedFrom,
  },
  {
    // Object stores answer in XML, model hubs in a few words.
    test: ({ text }) =>
      /^\s*(<\?xml[^>]*>\s*)?<Error>/.test(text) ||
      /^(404|403|Not Found|Entry not found|Repository not found|Access (denied|to model)|Invalid username)/i.test(text),
    what: 'an error message of a web site, not the file that was asked of it',
    advice: checkLink,
  },
  { test: ({ text }) => /^\s*<(\?xml|\w+[\s>])/.test(text), what: 'an XML file', advice: openWeights },
  { endings: ['.py', '.ipynb'], what: 'a Python program', advice: openWeights },
  {
    test: ({ text }) => /^(#!.*python|"""|(import|from) \w+)/.test(text),
    what: 'a Python program',
    advice: openWeights,
  },
  { test: ({ text }) => text.startsWith('tree\n'), what: 'a LightGBM model', advice: openWeights },
  {
    endings: ['.yaml', '.yml', '.toml', '.cfg', '.ini', '.prototxt', '.pbtxt'],
    what: 'a configuration file',
    advice: openWeights,
  },
  { endings: ['.csv', '.tsv'], what: 'a table', advice: openWeights },
];

/** Binary files that only their name tells apart. */
export const byName: readonly Row[] = [
  {
    endings: ['.crdownload', '.part', '.partial', '.download', '.incomplete'],
    what: 'an unfinished download',
    advice: 'Wait until it has finished, or start it again.',
  },
  { test: ({ fileName }) => /\.data-\d+-of-\d+$/.test(fileName), what: 'a TensorFlow checkpoint', advice: notYet },
  { endings: ['.index'], what: 'the index of a TensorFlow checkpoint', advice: notYet },
  { endings: ['saved_model.pb'], what: 'a TensorFlow SavedModel', advice: notYet },
  { endings: ['.pb'], what: 'a TensorFlow graph, or another protobuf file', advice: notYet },
  {
    endings: ['.tflite', '.lite'],
    what: 'a file named like a TensorFlow Lite model that does not begin like one',
    advice: downloadAgain,
  },
  { endings: ['.mlmodel', '.mlpackage'], what: 'a Core ML model', advice: exportedFrom },
  { endings: ['.pdparams', '.pdopt', '.pdiparams', '.pdmodel'], what: 'a PaddlePaddle model', advice: notYet },
  { endings: ['.caffemodel'], what: 'a Caffe model', advice: notYet },
  { endings: ['.msgpack'], what: 'a Flax checkpoint (MessagePack)', advice: notYet },
  {
    endings: ['.engine', '.plan', '.trt'],
    what: 'a TensorRT engine',
    advice: `Engines cannot be pruned. ${exportedFrom}`,
  },
  { endings: ['.mnn'], what: 'an MNN model', advice: exportedFrom },
  { endings: ['.weights'], what: 'a file of Darknet weights', advice: notYet },
  {
    endings: ['.onnx_data', '.onnx.data'],
    what: 'the external data of an ONNX model',
    advice: 'It has no structure of its own: open the .onnx file beside it.',
  },
  { endings: ['.t7'], what: 'a file of Lua Torch', advice: 'Load it and save it again with PyTorch.' },
  { endings: ['.params'], what: 'an MXNet or ncnn model', advice: exportedFrom },
  {
    endings: ['.pickle', '.pkl', '.joblib'],
    what: 'a Python pickle that torch.save did not write',
    advice: `Load it in Python. ${loadAndSave}`,
  },
  {
    endings: ['.onnx'],
    what: 'a file named like an ONNX model that does not begin like one',
    advice: `It may be damaged, encrypted or only a part of the model. ${downloadAgain}`,
  },
  {
    endings: ['.safetensors'],
    what: 'a file named like safetensors that does not begin like one',
    advice: `It may be damaged or only a part of the file. ${downloadAgain}`,
  },
  {
    endings: ['.pth', '.pt', '.th', '.ckpt', '.pth.tar'],
    what: 'a file named like a PyTorch checkpoint that does not begin like one',
    advice: `It may be damaged, or saved by another program. ${downloadAgain}`,
  },
];

export const plainText: Recognition = { what: 'a text file', advice: openWeights };
export const unknown: Recognition = {
  what: 'a file of a kind that Secateur does not know',
  advice: `It opens ${formatsThatOpen}.`,
};

/** The name of the first entry stands 30 bytes into a zip. */
function firstZipEntry(pattern: RegExp): (evidence: Evidence) => boolean {
  return ({ head, text }) => {
    const length = (head[26] ?? 0) + (head[27] ?? 0) * 256;
    return pattern.test(text.slice(30, 30 + length));
  };
}

function zipHolds(...names: readonly string[]): (evidence: Evidence) => boolean {
  return ({ text }) => names.some((name) => text.startsWith(name, 30));
}

/** Protocol 2 to 5; those before have no marker. */
function isPickle(text: string): boolean {
  const protocol = text.charCodeAt(1);
  return text.startsWith('\x80') && protocol >= 2 && protocol <= 5;
}

/** Name of the first entry: up to 100 bytes, ended by a zero. */
function tarEntry(text: string): string {
  return text.slice(0, 100).split('\0', 1)[0]!;
}

/** Braces also begin other things; JSON goes on with a quote, a number, a bracket or its end. */
function looksLikeJson(text: string): boolean {
  return /^\s*(\{\s*["}]|\[\s*["\d\]{[-])/.test(text);
}
