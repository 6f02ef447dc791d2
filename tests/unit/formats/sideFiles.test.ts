/** Files that lie beside checkpoints or come from other worlds, as tests/golden/side_files.py wrote them. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createEngine } from '../../../src/engine/worker/engine';
import { openCheckpoint } from '../../../src/formats/registry';
import { CheckpointError } from '../../../src/lib/errors';
import { memorySource } from '../../../src/lib/source';
import { loadWasmKernels } from '../../support/kernels';
import { oneFile } from '../../support/oneFile';
import { reportedCases } from '../../support/realFiles';
import { context } from '../engine/sessions';
import { goldenBytes } from './pytorch/goldens';
import { bytesOf, type Piece } from './pytorch/pickling';

const folder = resolve(import.meta.dirname, '../../golden/files/side');

function golden(name: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(readFileSync(join(folder, name)));
}

/** A protobuf field of bytes. */
function field(number: number, ...pieces: readonly Piece[]): Uint8Array {
  const bytes = bytesOf(...pieces);
  return bytesOf(number * 8 + 2, bytes.length, bytes);
}

/** As MindSpore's checkpoint.proto says. */
function mindSpore(type: string): Uint8Array {
  const tensor = bytesOf(8, 4, 8, 4, field(2, type), field(3, new Uint8Array(64)));
  return field(1, field(1, 'conv1.weight'), field(2, tensor));
}

/** A flatbuffer's root offset and identifier, then ExecuTorch's header (schema/extended_header.cpp). */
const executorch = bytesOf([56, 0, 0, 0], 'ET12', 'eh00', new Uint8Array(4096));

async function refusal(file: Uint8Array, name: string): Promise<CheckpointError> {
  const error = await openCheckpoint(...oneFile(memorySource(file), name)).catch((thrown: unknown) => thrown);
  if (error instanceof CheckpointError) return error;
  throw new Error(`${name} was not refused`, { cause: error });
}

const beside = /weights are in another file beside it, such as model\.safetensors or pytorch_model\.bin/;
const joinCommand = /"python -m torch\.distributed\.checkpoint\.format_utils dcp_to_torch <folder> out\.pth"/;
const toFp32 = /"python zero_to_fp32\.py \. joined"/;
const withWeights = /^Open the file with the weights/;

/** Name, what it is, what to do. */
type Named = readonly [name: string, what: string, advice: RegExp];

const goldens: readonly Named[] = [
  ['optimizer.pt', "an optimizer's state", beside],
  ['optimizer-legacy.pt', "an optimizer's state", beside],
  ['optimizer-without-state.pt', "an optimizer's state", beside],
  ['optimizer-named.pt', "an optimizer's state", beside],
  ['optimizer-listed.pt', "an optimizer's state", beside],
  ['optimizer-object.pt', "an optimizer's state", beside],
  ['scheduler.pt', "a learning-rate scheduler's state", beside],
  ['scheduler-object.pt', "a learning-rate scheduler's state", beside],
  ['scheduler-plateau.pt', "a learning-rate scheduler's state", beside],
  ['scaler.pt', "a gradient scaler's state", beside],
  ['rng_state.pth', 'the state of the random number generators of a training run', beside],
  ['random_states_0.pkl', 'the state of the random number generators of a training run', beside],
  ['rng.pt', 'the state of a random number generator', beside],
  ['training_args.bin', 'the settings of a training run (transformers.training_args.TrainingArguments)', beside],
  ['args.pt', 'the settings of a training run (argparse.Namespace)', beside],
  ['zero_pp_rank_0_mp_rank_00_optim_states.pt', 'the optimizer state of one process of a DeepSpeed run', toFp32],
  ['zero_pp_rank_0_mp_rank_00_model_states.pt', "the model's part of a DeepSpeed checkpoint", toFp32],
  ['distributed/__0_0.distcp', 'a shard of a torch.distributed checkpoint', joinCommand],
  ['distributed/__1_0.distcp', 'a shard of a torch.distributed checkpoint', joinCommand],
  ['distributed/.metadata', 'the index of a torch.distributed checkpoint', joinCommand],
  ['distributed/appended.pth', 'a file of several archives of torch.save', joinCommand],
  ['package.pt', 'a torch.package archive', /PackageImporter\(path\)\.load_pickle\("net\.parts", "model\.pkl"\)/],
  ['package-of-text.pt', 'a torch.package archive', withWeights],
  ['flatbuffer.ptl', 'a PyTorch Mobile program (.ptl)', /Open the checkpoint that it was made from/],
  ['scripted-relu.pt', 'a TorchScript program without weights', withWeights],
  ['relu.pt', 'a PyTorch file without a tensor: it holds an object of torch.nn.modules.activation.ReLU', withWeights],
  ['empty.pt', 'a PyTorch file without a tensor: it holds an empty dict', withWeights],
  ['numbers.pt', 'a PyTorch file without a tensor: it holds a dict of epoch, loss, best', withWeights],
  ['storage.pt', 'a PyTorch file of storages without tensors', /save its tensors with torch\.save/],
  ['protocol0.pkl', 'a Python pickle that torch.save did not write', /torch\.save/],
];

/** What opens, although it lies among them. */
const opening: ReadonlyMap<string, readonly string[]> = new Map([
  ['mp_rank_00_model_states.pt', ['weight', 'bias']],
  ['lite.ptl', ['weight', 'bias']],
  ['averaged.pt', ['n_averaged', 'module.weight', 'module.bias']],
  ['distributed/joined.pth', ['weight', 'bias']],
  ['paddle.pdparams', ['linear_0.w_0']],
  ['model_final.pkl', ['linear_0.w_0']],
]);

describe('a file without a model to prune is named, with a next step, and never called damaged', () => {
  it.each(goldens)('%s', async (name, what, advice) => {
    const error = await refusal(golden(name), name.split('/').at(-1)!);
    expect(error).toMatchObject({
      code: 'unrecognised-file',
      message: expect.stringContaining(`This is ${what}`),
      context: { advice: expect.stringMatching(advice) },
    });
    expect(`${error.message} ${error.context.advice}`).not.toMatch(/damaged|unpack/i);
  });

  it('also a shard or a side file that has lost its name', async () => {
    const shard = await refusal(golden('distributed/__0_0.distcp'), 'model.pth');
    expect(shard.message).toContain('This is a file of several archives of torch.save');
    for (const [name, what] of goldens.filter(([each]) => !/distributed/.test(each))) {
      expect((await refusal(golden(name), 'download')).message).toContain(`This is ${what}`);
    }
  });

  it.each([
    ['a MindSpore checkpoint', 'resnet.ckpt', mindSpore('Float32'), /mindspore\.ckpt_to_safetensors/],
    ['a MindSpore checkpoint', 'download', mindSpore('BFloat16'), /mindspore\.ckpt_to_safetensors/],
    ['an ExecuTorch program (.pte)', 'model.pte', executorch, /Open the checkpoint that it was made from/],
  ])('%s: %s', async (what, name, file, advice) => {
    const error = await refusal(file, name);
    expect(error).toMatchObject({ code: 'unrecognised-file', context: { advice: expect.stringMatching(advice) } });
    expect(error.message).toContain(`This is ${what}`);
  });

  it('but another protobuf is not taken for MindSpore’s', async () => {
    expect((await refusal(mindSpore('vector'), 'a.ckpt')).message).not.toContain('MindSpore');
    expect((await refusal(mindSpore('Float32').slice(0, 24), 'a.ckpt')).message).not.toContain('MindSpore');
  });
});

describe('what does hold the weights opens', () => {
  it.each([...opening])('%s', async (name, tensors) => {
    const checkpoint = await openCheckpoint(...oneFile(memorySource(golden(name)), name));
    expect(checkpoint.tensors.map((tensor) => tensor.name.replace(/^model\./, ''))).toEqual(tensors);
    expect(checkpoint.tensors.every(({ readOnly }) => readOnly === undefined)).toBe(true);
  });

  it('also beside an optimizer in one file', async () => {
    const checkpoint = await openCheckpoint(...oneFile(memorySource(goldenBytes('nested.pt')), 'nested.pt'));
    expect(new Set(checkpoint.tensors.map(({ kind }) => kind === 'optimizer'))).toEqual(new Set([false, true]));
  });
});

it('every file is in one of the lists', () => {
  const names = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name).slice(folder.length + 1));
  expect(new Set(names)).toEqual(new Set([...goldens.map(([name]) => name), ...opening.keys()]));
});

it('what was open stays open, and is written as it was', async () => {
  const engine = createEngine(loadWasmKernels());
  const fileOf = (name: string, bytes: Uint8Array<ArrayBuffer>) => new File([bytes], name);
  await engine.open({ files: [fileOf('plain.pt', goldenBytes('plain.pt'))] }, context);
  for (const [name] of goldens) {
    const opening = engine.open({ files: [fileOf(name.split('/').at(-1)!, golden(name))] }, context);
    await expect(opening).rejects.toMatchObject({ code: 'unrecognised-file' });
  }
  const { files } = await engine.export({ outcomes: new Map() }, context);
  expect(files).toMatchObject([{ name: 'plain-pruned.pt' }]);
  expect(new Uint8Array(await files[0]!.file!.arrayBuffer())).toEqual(goldenBytes('plain.pt'));
});

describe.skipIf(!existsSync(reportedCases))('files of ../shared/cases', () => {
  it.each<Named>([
    ['mindspore.ckpt', 'a MindSpore checkpoint', /mindspore\.ckpt_to_safetensors/],
    ['torch-package.pt', 'a torch.package archive', /load_pickle\("model", "model\.pkl"\)/],
    ['executorch.pte', 'an ExecuTorch program (.pte)', /Open the checkpoint that it was made from/],
    ['optimizer.pt', "an optimizer's state", beside],
    ['scheduler.pt', "a learning-rate scheduler's state", beside],
    ['rng_state.pth', 'the state of the random number generators of a training run', beside],
    ['training_args.bin', 'the settings of a training run', beside],
  ])('%s', async (name, what, advice) => {
    const error = await refusal(new Uint8Array(readFileSync(join(reportedCases, name))), name);
    expect(error.message).toContain(`This is ${what}`);
    expect(error.context.advice).toMatch(advice);
    expect(`${error.message} ${error.context.advice}`).not.toMatch(/damaged|unpack/i);
  });
  it('paddle.pdparams is shown, and says what to do', async () => {
    const file = new Uint8Array(readFileSync(join(reportedCases, 'paddle.pdparams')));
    const { tensors, readOnly } = await openCheckpoint(...oneFile(memorySource(file), 'paddle.pdparams'));
    expect(tensors.map(({ name, shape }) => [name, shape])).toEqual([['linear_0.w_0', [4, 4]]]);
    expect(readOnly).toMatch(/pickle it again with protocol=4/);
  });
});
