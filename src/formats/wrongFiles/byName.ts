/** Binary files that only their name tells apart. */
import {
  downloadAgain,
  dropTensorFlow,
  exportedFrom,
  joinShards,
  loadAndSave,
  notYet,
  openWeights,
  saveArrays,
  savedModel,
  unpack,
  weightsBeside,
} from './advice';
import { isPickle, type Row } from './row';

/** Asked after what the bytes themselves say, before the rows for whatever may hold anything. */
export const byName: readonly Row[] = [
  {
    endings: ['.crdownload', '.part', '.partial', '.download', '.incomplete'],
    what: 'an unfinished download',
    advice: 'Wait until it has finished, or start it again.',
  },
  { endings: ['.distcp'], what: 'a shard of a torch.distributed checkpoint', advice: joinShards },
  {
    test: ({ fileName }) => fileName.includes('events.out.tfevents'),
    what: 'the log of a training run, for TensorBoard',
    advice: openWeights,
  },
  { endings: ['tokenizer.model', 'spiece.model', '.bpe.model'], what: 'a file of a tokenizer', advice: weightsBeside },
  {
    test: ({ fileName }) => /\.data-\d+-of-\d+$/.test(fileName),
    what: 'the data of a TensorFlow checkpoint, whose index is another file',
    advice: 'Drop it together with the .index file beside it, or drop their folder.',
  },
  {
    endings: ['.index'],
    what: 'a file named like the index of a TensorFlow checkpoint that does not begin like one',
    advice: downloadAgain,
  },
  {
    endings: ['saved_model.pb'],
    what: 'the graph of a TensorFlow SavedModel, whose weights are in its folder variables',
    advice: savedModel,
  },
  {
    endings: ['.pb'],
    what: 'a TensorFlow graph, or another protobuf file',
    advice: notYet('if it is a frozen graph, convert it with "python -m tf2onnx.convert --graphdef" and open that'),
  },
  { endings: ['.meta'], what: 'the graph of a TensorFlow checkpoint', advice: dropTensorFlow },
  {
    endings: ['.tflite', '.lite'],
    what: 'a file named like a TensorFlow Lite model that does not begin like one',
    advice: downloadAgain,
  },
  { endings: ['.mlmodel', '.mlpackage'], what: 'a Core ML model', advice: exportedFrom },
  {
    endings: ['.pdopt'],
    what: 'the state of a PaddlePaddle optimizer',
    advice: 'The weights are in the .pdparams file beside it: open that.',
  },
  {
    endings: ['.pdparams'],
    what: 'a PaddlePaddle checkpoint that is no pickle of arrays',
    advice: saveArrays('paddle.load(path, return_numpy=True)'),
  },
  {
    endings: ['.pdmodel', '.pdiparams', '.pdiparams.info'],
    what: 'a PaddlePaddle model for inference',
    advice: notYet('convert its .pdmodel and .pdiparams with paddle2onnx and open the .onnx file'),
  },
  { endings: ['.mindir', '.air'], what: 'a MindSpore model for inference', advice: exportedFrom },
  { endings: ['.caffemodel'], what: 'a Caffe model', advice: notYet('convert it to ONNX and open that') },
  {
    endings: ['.msgpack'],
    what: 'a file named like a Flax checkpoint (MessagePack) that does not begin like one',
    advice: downloadAgain,
  },
  {
    endings: ['.ocdbt', '.zarr'],
    what: 'a part of an Orbax checkpoint',
    advice: saveArrays('orbax.checkpoint.PyTreeCheckpointer().restore'),
  },
  {
    endings: ['.engine', '.plan', '.trt'],
    what: 'a TensorRT engine',
    advice: `Engines cannot be pruned. ${exportedFrom}`,
  },
  { endings: ['.mnn'], what: 'an MNN model', advice: exportedFrom },
  { endings: ['.tnnmodel'], what: 'a TNN model', advice: exportedFrom },
  { endings: ['.nb'], what: 'a Paddle Lite model, compiled for phones', advice: exportedFrom },
  { endings: ['.dlc'], what: 'a model compiled for Qualcomm devices', advice: exportedFrom },
  {
    endings: ['.pte', '.ptl'],
    what: 'a file named like a PyTorch program for phones that does not begin like one',
    advice: exportedFrom,
  },
  {
    endings: ['.weights'],
    what: 'a file of Darknet weights',
    advice: notYet('convert it, with its .cfg, to PyTorch or ONNX and open that'),
  },
  {
    endings: ['.onnx_data', '.onnx.data'],
    what: 'the external data of an ONNX model',
    advice: 'It has no structure of its own: drop it together with the .onnx file beside it.',
  },
  {
    endings: ['.t7'],
    what: 'a file of Lua Torch',
    advice: 'Read it in Python with the package torchfile, save its tensors with safetensors and open that.',
  },
  { endings: ['.params'], what: 'an MXNet or ncnn model', advice: exportedFrom },
  { endings: ['.nemo'], what: 'a NeMo archive', advice: unpack },
  {
    test: (evidence) => /\.(pickle|pkl|joblib)$/.test(evidence.fileName) && !isPickle(evidence),
    what: 'a Python pickle that torch.save did not write',
    advice: `Load it in Python. ${loadAndSave}`,
  },
];

/** Right names on wrong bytes: asked last. */
export const misnamed: readonly Row[] = [
  {
    endings: ['.onnx'],
    what: 'a file named like an ONNX model that does not begin like one',
    advice: `It may be damaged, encrypted or only a part of the model. ${downloadAgain}`,
  },
  {
    endings: ['.gguf'],
    what: 'a file named like a GGUF model that does not begin like one',
    advice: `It may be damaged or only a part of the file. ${downloadAgain}`,
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
