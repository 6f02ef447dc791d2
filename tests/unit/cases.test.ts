/**
 * Files of kinds that people really have and that are easily judged wrongly (tests/golden/cases.py), each with the right
 * answer: what is pruned by default, along which axes, and what nothing may change.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { CallContext } from '../../src/engine/callContext';
import type { Layer } from '../../src/engine/opened';
import { AnswerCache } from '../../src/engine/recipe/answerCache';
import { candidatesOf } from '../../src/engine/recipe/candidates';
import { settle } from '../../src/engine/recipe/settle';
import { sessionOf } from '../../src/engine/session';
import { createEngine } from '../../src/engine/worker/engine';
import type { Checkpoint } from '../../src/formats/format';
import { openCheckpoint } from '../../src/formats/registry';
import { wholeFile } from '../../src/lib/parts';
import { memorySource } from '../../src/lib/source';
import { initialRecipe } from '../../src/pruning/edit';
import { presets } from '../../src/pruning/presets';
import type { Recipe } from '../../src/pruning/recipe';
import type { Axes } from '../../src/tensors/axes';
import { bitsOf } from '../../src/tensors/dtype';
import type { TensorInfo } from '../../src/tensors/tensor';
import { loadWasmKernels } from '../support/kernels';
import { oneFile } from '../support/oneFile';

interface Answer {
  /** Full names of what is pruned by default, with the axes. */
  readonly in: Readonly<Record<string, Axes>>;
  readonly kinds: Readonly<Record<string, string>>;
  readonly locked: readonly string[];
  /** A word that reasons or notes say, or the error where the file does not open. */
  readonly said?: string;
  /** Containers of models that are ranked each for itself. */
  readonly models?: readonly string[];
  /** Tensors that may be in or off. */
  readonly either?: readonly string[];
}

const folder = resolve(import.meta.dirname, '../golden/files/cases');
const answerOf = (file: string): Answer => JSON.parse(readFileSync(join(folder, `${file}.json`), 'utf8'));
const nothing: Omit<Checkpoint, 'parts'> = {
  format: '',
  can: { script: 'torch.save' },
  tensors: [],
  storages: [],
  checksums: [],
  byteOrder: 'little',
  notes: [],
};
const context: CallContext = { signal: new AbortController().signal, progress: () => {} };

const rows: readonly (readonly [file: string, title: string])[] = [
  ['embeddings-in-a-list.pth', 'embeddings in a list are embeddings: off; only linears are in'],
  ['linear-named-embed.pth', 'a linear named embed has a bias: in; query_embed is an embedding'],
  ['fixed-filters.pt', 'fixed filters are never in; a modulated convolution has its outputs on axis 1'],
  ['whole-module-classes.pt', 'the class of a pickled module decides'],
  ['graph-module.pt', 'a GraphModule has the names that state_dict() gives'],
  ['halves-in-int32-data.onnx', 'halves in int32_data are prunable'],
  ['bf16-in-int32-data.onnx', 'bfloat16 in int32_data is prunable'],
  ['flax-kernels.safetensors', 'kernels of flax are stored inputs first'],
  ['tf-kernels.safetensors', 'kernels of TensorFlow are linears, inputs first'],
  ['gpt2-conv1d.bin', 'Conv1D keeps its inputs on axis 0: told by its biases'],
  ['gpt2-conv1d-module.pt', 'Conv1D keeps its inputs on axis 0: told by its class'],
  ['dtensors.pt', 'a DTensor is prunable, and said to be a shard'],
  ['fastai-optimizer.pth', 'the state of another library than torch.optim is locked'],
  ['model-and-ema.pth.tar', 'a model and its average are two models'],
  ['numpy-state-dict.pth', 'arrays of NumPy are named'],
  ['tuple.pt', 'a tuple of state dicts opens'],
  ['contrib-operators.onnx', 'experts and fused weights of com.microsoft are linears'],
  ['moe-experts.safetensors', 'experts are linears by expert, the router is its own kind'],
  ['tch-names.ot', 'names with bars are read as names with dots'],
  ['masks-dict.pth', 'zeros and ones under the names of weights are masks'],
  ['moments-by-name.pt', 'moments and gradients under the names of weights are locked'],
  ['column-chunks.pt', 'queries, keys and values that are columns of one tensor are three'],
  ['ir3.onnx', 'initializers of IR 3 are inputs, too'],
  ['reparametrised.pt', 'what norms split and masks hide stays a weight'],
  ['channels-last.pt', 'another order of storage changes nothing'],
  ['yolo-ramp.pt', "YOLO's fixed ramp is a convolution by PyTorch's rule"],
  ['low-bit.safetensors', 'scales of few-bit weights are no layers'],
];

describe('cases', () => {
  it('has a row for every file', () => {
    const files = readdirSync(folder).filter((name) => !name.endsWith('.json'));
    expect(rows.map(([file]) => file).sort()).toEqual(files.sort());
  });

  it.each(rows)('%s: %s', async (file) => {
    const answer = answerOf(file);
    const { words, layers } = await open(file);
    expect(words).toContain(answer.said ?? '');
    const isJudged = (layer: Layer) => !answer.either?.includes(fullName(layer));
    const selected = layers.filter((layer) => layer.byDefault && isJudged(layer));
    expect(selected.map(fullName).sort()).toEqual(Object.keys(answer.in).sort());
    for (const layer of selected)
      expect([fullName(layer), layer.axes]).toEqual([fullName(layer), axesOf(answer, layer)]);
    const kinds = layers.map((layer) => [fullName(layer), layer.kind] as const);
    expect(Object.fromEntries(kinds.filter(([name]) => name in answer.kinds))).toEqual(answer.kinds);
    const locked = layers.filter((layer) => answer.locked.includes(fullName(layer)));
    expect(locked).toHaveLength(answer.locked.length);
    expect(locked.filter(({ prunable }) => prunable).map(fullName)).toEqual([]);
  });

  const guarded = rows.filter(([file]) => answerOf(file).locked.length > 0);
  describe.each(guarded)('%s', (file) => {
    it.each(presets)('keeps every byte of what is locked: $title', async (preset) => {
      const { checkpoint, layers } = await open(file);
      const original = bytesOf(file);
      const pruned = await prune(file, (candidates) => preset.apply(initialRecipe(), candidates));
      const locked = layers.filter((layer) => answerOf(file).locked.includes(fullName(layer)));
      expect(locked).toHaveLength(answerOf(file).locked.length);
      // Nothing in the file is as small as what the preset with a fixed threshold takes.
      expect(Buffer.from(pruned).equals(original)).toBe(preset.id === 'threshold' && file === 'moments-by-name.pt');
      for (const { id } of locked) {
        for (const [start, end] of rangesOf(checkpoint, checkpoint.tensors[id]!)) {
          expect(Buffer.from(pruned.subarray(start, end)).equals(original.subarray(start, end))).toBe(true);
        }
      }
    });
  });

  it.each(rows.filter(([file]) => answerOf(file).models !== undefined))(
    '%s: half of all weights is half of each model',
    async (file) => {
      const { checkpoint, layers } = await open(file);
      const preset = presets.find(({ id }) => id === 'global-half')!;
      const pruned = await prune(file, (candidates) => preset.apply(initialRecipe(), candidates));
      const shares = answerOf(file).models!.map((container) => {
        const mine = layers.filter((layer) => layer.byDefault && layer.container === container);
        const elements = mine.flatMap(({ id }) => floatsOf(pruned, checkpoint, checkpoint.tensors[id]!));
        return elements.filter((element) => element === 0).length / elements.length;
      });
      expect(shares).toEqual(shares.map(() => 0.5));
    },
  );
});

function bytesOf(file: string): Buffer {
  return readFileSync(join(folder, file));
}

/** With all that is said about it. A file that is refused has no layers. */
async function open(file: string): Promise<{ checkpoint: Checkpoint; layers: readonly Layer[]; words: string }> {
  const checkpoint = await openCheckpoint(...oneFile(memorySource(new Uint8Array(bytesOf(file))), file)).catch(
    (error: Error): Checkpoint => ({ ...nothing, parts: wholeFile({ size: 0 }, file), readOnly: error.message }),
  );
  const source = memorySource(new Uint8Array(bytesOf(file)));
  const { opened } = await sessionOf(source, checkpoint, loadWasmKernels(), context);
  const { layers, notes, readOnly } = opened;
  const reasons = layers.flatMap(({ reason, because }) => [reason, because]);
  const words = [...reasons, readOnly, ...notes.map(({ text }) => text)].join('\n');
  return { checkpoint, layers, words };
}

/** As the page does: opened, resolved exactly, exported. */
async function prune(
  file: string,
  recipeFor: (candidates: ReturnType<typeof candidatesOf>) => Recipe,
): Promise<Uint8Array> {
  const engine = createEngine(loadWasmKernels());
  const { layers } = await engine.open({ files: [new File([new Uint8Array(bytesOf(file))], file)] }, context);
  const candidates = candidatesOf(layers);
  const { outcomes } = await settle(recipeFor(candidates), candidates, new AnswerCache(), (requests) =>
    engine.lookUp({ requests }, context),
  );
  const report = await engine.export({ outcomes }, context);
  return new Uint8Array(await report.files[0]!.file!.arrayBuffer());
}

/** Names say their container already where two containers hold the same key. */
function fullName({ container, name }: Pick<Layer, 'container' | 'name'>): string {
  return container === '' || name.startsWith(`${container}.`) ? name : `${container}.${name}`;
}

/** Where the answer does not care for copies (a leading dimension of one), neither does the test. */
function axesOf({ in: weights }: Answer, layer: Layer): Axes {
  const right = weights[fullName(layer)]!;
  return right.copies || !layer.axes?.copies ? right : { ...right, copies: layer.axes.copies };
}

function rangesOf({ storages }: Checkpoint, { storage }: TensorInfo): [number, number][] {
  return storages[storage]!.segments.map(({ start, end }): [number, number] => [start, end]);
}

/** Elements of a contiguous f32 tensor. */
function floatsOf(file: Uint8Array, checkpoint: Checkpoint, tensor: TensorInfo): number[] {
  expect(bitsOf(tensor.dtype)).toBe(32);
  return rangesOf(checkpoint, tensor).flatMap(([start, end]) => [...new Float32Array(file.slice(start, end).buffer)]);
}
