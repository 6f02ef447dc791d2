import { deflateRawSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { recognise } from '../../../src/formats/recognise';
import { openCheckpoint } from '../../../src/formats/registry';
import { CheckpointError } from '../../../src/lib/errors';
import { memorySource } from '../../../src/lib/source';
import { oneFile } from '../../support/oneFile';
import { goldenBytes as pytorchGolden } from './pytorch/goldens';
import { goldenBytes as safetensorsGolden } from './safetensors/files';
import { zipOf } from './zip/zipWriting';

/** Latin-1 text as bytes, then binary noise that no format claims. */
const bytes = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0));
const binary = (text: string, at = 0) => bytes(`${'\xf5'.repeat(at)}${text}\0\x01\xfe\xff\x02`);
const text = (value: string) => new TextEncoder().encode(value);
const zip = (...names: string[]) => zipOf(names.map((name) => ({ name, data: new Uint8Array(3) })));

function tar(firstEntry: string): Uint8Array {
  const header = new Uint8Array(1024);
  header.set(bytes(firstEntry));
  header.set(bytes('ustar\x0000'), 257);
  return header;
}

async function refusal(file: Uint8Array, name: string): Promise<CheckpointError> {
  const error = await openCheckpoint(...oneFile(memorySource(file), name)).catch((thrown: unknown) => thrown);
  if (error instanceof CheckpointError) return error;
  throw new Error(`${name} was not refused`, { cause: error });
}

const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${'0'.repeat(64)}\nsize 102502400\n`;
const s3Error = '<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>AccessDenied</Code></Error>';

describe('a wrong file is named, and what to do said', () => {
  it.each<[name: string, file: Uint8Array, what: string, advice: RegExp]>([
    // Failed downloads.
    ['model.pth', new Uint8Array(0), 'an empty file', /get it again/],
    ['model.pth', new Uint8Array(100), 'a file that begins with nothing but zeros', /get it again/],
    ['model.safetensors', text(pointer), 'a Git LFS pointer, not the file it stands for', /git lfs pull/],
    ['model.onnx', text('<!DOCTYPE html>\n<html lang="en">'), 'a web page', /download button/],
    ['model.onnx', text('\ufeff\n <!-- saved --> <!-- twice -->\n<HTML>'), 'a web page', /download button/],
    ['model.pt', text('<?xml version="1.0"?><!DOCTYPE html><html/>'), 'a web page', /download button/],
    ['model.pt', text(s3Error), 'an error message of a web site', /Check the link/],
    ['model.pt', text('Entry not found'), 'an error message of a web site', /log in/],
    ['model.pt', text('404: Not Found'), 'an error message of a web site', /log in/],
    ['model.pt', text('{"error":"Repository not found"}'), 'an error message of a web site', /log in/],
    ['Unconfirmed 1.crdownload', binary('\xf0\x9f'), 'an unfinished download', /Wait until/],
    // Checkpoints of other programs.
    ['llama.gguf', binary('\xf0'), 'a file named like a GGUF model', /Download it again/],
    ['ggml-base.bin', binary('lmgg\xdc'), 'a GGML model', /made from/],
    ['weights.mat', binary('MATLAB 5.0 MAT-file'), 'a MATLAB file', /does not open it yet/],
    ['model.keras', zip('read.me', 'config.json', 'model.weights.h5'), 'a Keras model (.keras)', /save it again/],
    ['model.tflite', binary('\xf0'), 'a file named like a TensorFlow Lite model', /Download it again/],
    ['model.ort', binary('\x1c\0\0\0ORTM'), 'an ONNX Runtime model (.ort)', /\.onnx model/],
    [
      'model.ckpt.data-00000-of-00001',
      binary('\xf0'),
      'the data of a TensorFlow checkpoint',
      /together with the \.index/,
    ],
    ['model.ckpt.index', binary('\0\0\x13'), 'a file named like the index of a TensorFlow checkpoint', /again/],
    [
      'saved_model.pb',
      binary('\x08\x01\x12\x10\n\x0e\x12\x0c\n\x05hello'),
      'the graph of a TensorFlow SavedModel',
      /Drop that folder/,
    ],
    ['frozen.pb', binary('\n\x10\n\x05input\x12\x0bPlaceholder'), 'a TensorFlow graph', /does not open it yet/],
    ['flax_model.msgpack', binary('\xf0'), 'a file named like a Flax checkpoint', /Download it again/],
    ['model.pdiparams', binary('\xf0'), 'a PaddlePaddle model for inference', /paddle2onnx/],
    ['model.caffemodel', binary('\n\x04LeNet'), 'a Caffe model', /does not open it yet/],
    ['yolo.weights', binary('\0\0\0\0\x02'), 'a file of Darknet weights', /does not open it yet/],
    ['model.mlmodel', binary('\x08\x01'), 'a Core ML model', /checkpoint that it was made from/],
    ['model.zip', zip('net.mlpackage/Manifest.json'), 'a Core ML package', /made from/],
    ['model.engine', binary('ptrt'), 'a TensorRT engine', /cannot be pruned/],
    ['model.plan', binary('\xf0'), 'a TensorRT engine', /cannot be pruned/],
    ['model.mnn', binary('\xf0'), 'an MNN model', /made from/],
    ['model.param', text('7767517\n75 83\n'), 'an ncnn model description', /made from/],
    ['model.t7', binary('\x04\0\0\0'), 'a file of Lua Torch', /torchfile/],
    ['model.params', binary('\x12\x01'), 'an MXNet or ncnn model', /made from/],
    ['weights.onnx_data', binary('\xf0'), 'the external data of an ONNX model', /\.onnx file beside it/],
    ['old.pth', tar('sys_info'), "a checkpoint in PyTorch's first format", /save it again with torch\.save/],
    ['model.pkl', binary('\x80\x04\x95\x10\0'), 'a Python pickle that torch.save did not write', /torch\.save/],
    ['model.pkl', binary('\x80\x03csklearn.svm\nSVC\n'), 'a pickled scikit-learn (or similar) model', /neural/],
    ['model.joblib', binary('\xf0'), 'a Python pickle that torch.save did not write', /torch\.save/],
    ['model.txt', text('tree\nversion=v4\n'), 'a LightGBM model', /file with the weights/],
    ['model.pkl', text('(dp0\nS"a"\n'), 'a Python pickle that torch.save did not write', /torch\.save/],
    ['resnet.mindir', binary('\n\x050.1.0'), 'a MindSpore model for inference', /made from/],
    ['manifest.ocdbt', binary('\x0c\xdb\x3a\x2a'), 'the manifest of an Orbax checkpoint', /orbax/],
    ['model.pdopt', binary('\x80\x04\x95\x10\0'), 'the state of a PaddlePaddle optimizer', /\.pdparams/],
    // Programs for phones.
    ['model.ptd', binary('\x1c\0\0\0FT01'), 'the weights of an ExecuTorch program (.ptd)', /made from/],
    ['model.litertlm', binary('LITERTLM\x01'), 'a LiteRT-LM model, compiled for phones', /made from/],
    ['model.rknn', binary('RKNN\0\0\0\0'), 'an RKNN model', /made from/],
    ['model.om', binary('IMOD\0'), 'an offline model (.om)', /made from/],
    ['model.pte', binary('\xf0'), 'a file named like a PyTorch program for phones', /made from/],
    // What lies beside a checkpoint.
    ['recipe.json', text('{ "format": "secateur-recipe", "version": 1 }'), 'a Secateur recipe', /together with/],
    ['config.json', text('{"architectures": ["Bert"]}'), 'the configuration of a model', /with the weights/],
    ['model.json', text('{"modelTopology": {}}'), 'a TensorFlow.js model', /made from/],
    ['xgb.json', text('{"learner": {}}'), 'an XGBoost model', /with the weights/],
    ['labels.json', text('[1, 2]'), 'a JSON file that is no recipe', /with the weights.*secateur-recipe/],
    ['trainer_state.json', text('{"epoch": 1, "log_history": []}'), 'the log of a training run', /model\.safetensors/],
    ['vocab.json', text('{"a": 1}'), 'a file of a tokenizer or preprocessor', /model\.safetensors/],
    ['tokenizer_config.json', text('{"model_max_length": 1}'), 'a file of a tokenizer', /model\.safetensors/],
    ['merges.txt', text('#version: 0.2\n'), 'a file of a tokenizer', /model\.safetensors/],
    ['spiece.model', binary('\n\x0e\n\x05<unk>'), 'a file of a tokenizer', /model\.safetensors/],
    ['adapter_config.json', text('{"peft_type": "LORA"}'), 'the configuration of an adapter', /adapter_model/],
    ['generation_config.json', text('{"top_k": 1}'), 'the settings of a model', /model\.safetensors/],
    ['latest', text('global_step100'), 'the note of which folder of a DeepSpeed checkpoint', /zero_to_fp32/],
    ['checkpoint', text('model_checkpoint_path: "m"'), 'the note of which TensorFlow checkpoint', /\.index/],
    ['_METADATA', text('{"tree_metadata": {}}'), 'a part of an Orbax (or Zarr) checkpoint', /orbax/],
    ['events.out.tfevents.1.host', binary('\x18\0\0'), 'the log of a training run', /with the weights/],
    ['train.py', text('print(1)'), 'a Python program', /with the weights/],
    ['train', text('import torch\n'), 'a Python program', /with the weights/],
    ['hparams.yaml', text('lr: 0.1'), 'a configuration file', /with the weights/],
    ['log.csv', text('epoch,loss'), 'a table', /with the weights/],
    ['page.svg', text('<svg xmlns="">'), 'an XML file', /with the weights/],
    ['README.md', text('# A model'), 'a text file', /with the weights/],
    // Archives.
    ['model.zip', zip('readme.txt', 'net.pth'), 'a zip archive that is no PyTorch checkpoint', /Unpack .*: net\.pth/],
    ['photos.zip', zip('readme.txt'), 'a zip archive without a checkpoint in it', /with the weights/],
    ['empty.zip', zipOf([]), 'a zip archive without a checkpoint in it', /with the weights/],
    ['model.zip', zip('net/saved_model.pb'), 'a zip archive of a TensorFlow SavedModel', /Unpack/],
    ['hand_landmarker.task', zip('hand_detector.tflite'), 'a MediaPipe model', /made from/],
    ['model.mar', zip('MAR-INF/MANIFEST.json'), 'a TorchServe archive', /Unpack it/],
    ['model.tar', tar('model/weights.pth'), 'a tar archive', /Unpack it/],
    ['model.nemo', tar('./model_config.yaml'), 'a NeMo archive', /Unpack it/],
    ['model.pth.gz', gzipSync(text('weights')), 'a gzip archive', /Unpack it/],
    ['model.7z', binary("7z\xbc\xaf'\x1c"), 'a 7-Zip archive', /Unpack it/],
    ['model.rar', binary('Rar!\x1a\x07'), 'a RAR archive', /Unpack it/],
    ['model.xz', binary('\xfd7zXZ\0'), 'an xz archive', /Unpack it/],
    ['model.bz2', binary('BZh9'), 'a bzip2 archive', /Unpack it/],
    ['model.zst', binary('\x28\xb5\x2f\xfd'), 'a Zstandard archive', /Unpack it/],
    ['model.lz4', binary('\x04\x22\x4d\x18'), 'an LZ4 archive', /Unpack it/],
    // And quite other things.
    ['loss.png', binary('\x89PNG\r\n\x1a\n'), 'an image', /with the weights/],
    ['cat.jpg', binary('\xff\xd8\xff\xe0'), 'an image', /with the weights/],
    ['cat.gif', binary('GIF89a'), 'an image', /with the weights/],
    ['cat.webp', binary('RIFF\x10\0\0\0WEBP'), 'an image', /with the weights/],
    ['word.wav', binary('RIFF\x10\0\0\0WAVE'), 'a sound recording', /with the weights/],
    ['film.mp4', binary('\0\0\0\x20ftypisom'), 'a video', /with the weights/],
    ['paper.pdf', binary('%PDF-1.7'), 'a PDF document', /with the weights/],
    ['notes.docx', zip('[Content_Types].xml'), 'an office document', /with the weights/],
    ['app.jar', zip('META-INF/MANIFEST.MF'), 'a program (.jar or .apk)', /with the weights/],
    ['data.parquet', binary('PAR1'), 'a Parquet table', /with the weights/],
    ['data.arrow', binary('ARROW1'), 'an Arrow table', /with the weights/],
    ['runs.db', binary('SQLite format 3\0'), 'an SQLite database', /with the weights/],
    ['run', binary('\x7fELF\x02'), 'a program', /with the weights/],
    // Right names on wrong bytes.
    ['model.onnx', binary('\xf0'), 'a file named like an ONNX model that does not begin like one', /Download/],
    ['model.safetensors', binary('\xf0'), 'a file named like safetensors that does not begin like one', /Download/],
    ['model.pth', binary('\xf0'), 'a file named like a PyTorch checkpoint that does not begin like one', /Download/],
    ['WEIGHTS.PTH', binary('\xf0'), 'a file named like a PyTorch checkpoint that does not begin like one', /Download/],
    [
      'whatever',
      binary('\xf0'),
      'a file of a kind that Secateur does not know',
      /PyTorch .* safetensors, ONNX.* NumPy/,
    ],
  ])('%s: %#', async (name, file, what, advice) => {
    expect(await refusal(file, name)).toMatchObject({
      code: 'unrecognised-file',
      message: expect.stringContaining(`This is ${what}`),
      context: { file: name, advice: expect.stringMatching(advice) },
    });
  });

  it('also a zip archive that only looks like a checkpoint at its first entry', async () => {
    expect(await refusal(zip('folder/', 'folder/photo.jpg'), 'photos.zip')).toMatchObject({
      code: 'unrecognised-file',
      message: expect.stringContaining('without a checkpoint in it'),
      context: { advice: expect.stringContaining('with the weights') },
    });
  });
});

describe('a download that stopped is refused as damaged, and what to do said', () => {
  it.each([
    ['plain.pt', pytorchGolden('plain.pt')],
    ['legacy.pt', pytorchGolden('legacy.pt')],
    ['plain.safetensors', safetensorsGolden('plain.safetensors')],
  ])('%s', async (name, file) => {
    for (const share of [0.3, 0.6, 0.99]) {
      expect(await refusal(file.slice(0, file.length * share), name)).toMatchObject({
        code: 'malformed-file',
        context: { file: name, advice: expect.stringContaining('cut short: download or copy it again') },
      });
    }
  });
});

describe('checkpoints', () => {
  it('are told by their bytes, whatever their name says', async () => {
    for (const name of ['plain.pt', 'legacy.pt']) {
      expect((await openCheckpoint(...oneFile(memorySource(pytorchGolden(name)), 'model.safetensors'))).format).toMatch(
        /PyTorch/,
      );
    }
    const file = safetensorsGolden('plain.safetensors');
    expect((await openCheckpoint(...oneFile(memorySource(file), 'model.bin'))).format).toBe('safetensors');
  });

  it('are also told where every entry is deflated', async () => {
    const data = deflateRawSync(text('pickle'));
    const file = zipOf([{ name: 'a/data.pkl', data, method: 8, size: 6 }]);
    expect((await refusal(file, 'a.pt')).code).not.toBe('unrecognised-file');
  });
});

it('any bytes under any name are something, quickly', () => {
  const beginnings = fc.constantFrom(
    '',
    '<!---->'.repeat(500),
    '<?xml',
    '{"a"',
    '\x80\x04',
    'PK\x03\x04',
    ' '.repeat(4000),
  );
  fc.assert(
    fc.property(beginnings, fc.uint8Array({ maxLength: 300 }), fc.string(), (beginning, rest, name) => {
      const head = new Uint8Array([...bytes(beginning), ...rest]);
      const { what, advice } = recognise(head, head.length, name);
      expect(what).toMatch(/^(an?|the) /);
      expect(advice).toMatch(/\.$/);
    }),
  );
});
