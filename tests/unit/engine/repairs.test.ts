/** Repairs that the engine keeps: every export has their values, and their side file brings them back. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { Outcomes } from '../../../src/engine/exports/source';
import { Repairs } from '../../../src/engine/passes/repairs';
import { preview } from '../../../src/engine/pictures/preview';
import { AnswerCache } from '../../../src/engine/recipe/answerCache';
import { candidatesOf } from '../../../src/engine/recipe/candidates';
import { resolveExactly } from '../../../src/engine/recipe/resolveExactly';
import { settle } from '../../../src/engine/recipe/settle';
import { keepRepair, keepWholeRepair, openRepair, repairFile } from '../../../src/engine/worker/repairing';
import { safetensorsFile } from '../../../src/formats/safetensors/write';
import { blobOf } from '../../../src/lib/browser/blobOf';
import { modelOutcome } from '../../../src/pruning/modelOutcome';
import type { Recipe } from '../../../src/pruning/recipe';
import { hashOfRecipe, programsOf, type Repair, repairedOutcomes } from '../../../src/pruning/repair';
import { roundHalfEven } from '../../../src/pruning/round';
import { context, exportedFile, type OpenFile, openFile, prunedFile } from '../../support/exporting';
import { loadWasmKernels } from '../../support/kernels';
import { madeUpRepair } from '../../support/repairs';
import { bytesOf } from '../kernels/support';

const kernels = loadWasmKernels();
const samples = resolve(import.meta.dirname, '../../../public/samples');
const rule = { criterion: 'magnitude', granularity: 'weight', scope: 'global', amount: { sparsity: 0.9 } } as const;
const recipe: Recipe = { format: 'secateur-recipe', version: 1, rules: [rule] };

function openSample(name: string): Promise<OpenFile> {
  return openFile(new File([readFileSync(resolve(samples, name))], name), kernels);
}

async function repairedSample(name: string, others: readonly string[] = ['fc1.bias', 'fc2.bias']) {
  const opened = await openSample(name);
  const { outcomes } = await resolveExactly(opened.session, recipe, context);
  const { repair, values } = await madeUpRepair(opened.session, recipe, outcomes, others);
  return { opened, outcomes, repair, values, repaired: repairedOutcomes(outcomes, repair) };
}

/** Whole tensors of a file, by name. */
async function weightsIn({ session }: OpenFile, outcomes: Outcomes = new Map()) {
  const { layers } = session.opened;
  const readable = layers.filter(({ statistics }) => statistics);
  const weights = await session.weights(
    outcomes,
    readable.map(({ id }) => id),
    context,
  );
  return new Map(readable.map(({ id, name }) => [name, Buffer.from(weights.get(id)!)]));
}

/** Comparing numbers one by one takes seconds. */
function isSame(one: ReadonlyMap<string, Buffer>, other: ReadonlyMap<string, Buffer>): boolean {
  return one.size === other.size && [...one].every(([name, bytes]) => other.get(name)?.equals(bytes));
}

const open = (file: File) => openFile(file, kernels);

describe('an export with a repair', () => {
  it.each(['digits-cnn.pth', 'digits-cnn.onnx'])('has its values, and every other byte of %s', async (name) => {
    const { opened, repaired, values, repair } = await repairedSample(name);
    const written = await open(new File([await prunedFile(opened, repaired)], name));
    const found = await weightsIn(written);
    for (const [layer, bytes] of await weightsIn(opened)) {
      const id = opened.session.opened.layers.findIndex((each) => each.name === layer);
      expect([layer, found.get(layer)!.equals(values.get(id) ?? bytes)]).toEqual([layer, true]);
    }
    expect(repair.tensors).toHaveLength(6);
    const generator = opened.session.patches(repaired, context);
    let next = await generator.next();
    while (!next.done) next = await generator.next();
    expect(next.value).toMatchObject({ repaired: 6, changed: 6, weights: 117_984 });
    expect(next.value.zeros).toBe(
      repair.tensors.reduce((sum, { role, zeros }) => sum + (role === 'pruned' ? zeros : 0), 0),
    );
  });

  it('agrees with the masks, with the two factors of a reparametrised model, with their product, and compressed', async () => {
    const { opened, repaired, outcomes } = await repairedSample('digits-cnn.pth');
    const plain = new Uint8Array(await (await prunedFile(opened, repaired)).arrayBuffer());
    const weights = await weightsIn(await open(new File([plain], 'plain.pth')));
    const factors = await weightsIn(await open(await exportedFile(opened, 'reparametrised', repaired)));
    const original = await weightsIn(opened);
    const decided = [...outcomes.keys()].map((id) => opened.session.opened.layers[id]!.name);
    const maskFile = await open(await exportedFile(opened, 'masks', repaired));
    expect(maskFile.session.opened.layers.map(({ name }) => name).sort()).toEqual(
      decided.map((name) => `${name}_mask`).sort(),
    );
    const floats = (bytes: Buffer) => new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
    for (const name of decided) {
      const [kept, orig] = [floats(factors.get(`${name}_mask`)!), floats(factors.get(`${name}_orig`)!)];
      const [before, after] = [floats(original.get(name)!), floats(weights.get(name)!)];
      expect(orig.every((value, i) => value === (after[i] !== 0 ? after[i] : before[i]))).toBe(true);
      expect(kept.every((stays, i) => stays === Number(after[i] !== 0))).toBe(true);
    }
    expect(factors.get('fc1.bias')).toEqual(weights.get('fc1.bias'));
    const permanent = await weightsIn(await open(await exportedFile(opened, 'permanent', repaired)));
    expect(isSame(permanent, weights)).toBe(true);
    const gzip = await exportedFile(opened, 'gzip', repaired);
    expect(gunzipSync(new Uint8Array(await gzip.arrayBuffer())).equals(plain)).toBe(true);
  });

  it('is held against the plan', async () => {
    const { opened, repaired } = await repairedSample('digits-cnn.pth');
    const [first] = repaired.keys();
    const outcome = repaired.get(first!)!;
    const wrong = new Map(repaired).set(first!, { ...outcome, zeros: outcome.zeros - 1 });
    await expect(prunedFile(opened, wrong)).rejects.toThrow(/was to have \d+ zeros/);
  });

  it('is sparse ONNX, too: what was pruned is not in it', async () => {
    const { opened, repaired } = await repairedSample('digits-cnn.onnx', ['fc1.bias']);
    const sparse = await exportedFile(opened, 'sparse-onnx', repaired);
    expect(sparse.size).toBeLessThan(opened.file.size / 2);
  });
});

describe('a recipe that begins with repaired weights', () => {
  it('ranks these, takes its share of what is left, and keeps what no rule of it decides for', async () => {
    const { opened, repair, repaired, values } = await repairedSample('digits-cnn.pth');
    const { session } = opened;
    const halved: Recipe = { ...recipe, rules: [{ ...rule, scope: 'layer', amount: { sparsity: 0.5 } }] };
    const { layers } = session.opened;
    const resolution = await settle(
      halved,
      candidatesOf(layers),
      new AnswerCache(),
      (requests) => session.lookUp(requests, context),
      undefined,
      programsOf(repaired),
    );
    expect(resolution.pending).toEqual([]);
    const weights = await weightsIn(opened, resolution.outcomes);
    for (const { tensor, name, role, zeros } of repair.tensors) {
      const bytes = weights.get(name)!;
      const after = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
      const before = new Float32Array(values.get(tensor)!.buffer);
      const left = before.length - zeros;
      const gone = role === 'pruned' ? roundHalfEven(0.5 * left) : 0;
      const outcome = resolution.outcomes.get(tensor)!;
      expect(outcome).toMatchObject({ zeros: zeros + gone, pruned: zeros + gone, rule: role === 'pruned' ? 0 : -1 });
      const sorted = before.map(Math.abs).sort();
      const threshold = sorted[zeros + gone]!;
      expect(after.every((value, i) => value === (Math.abs(before[i]!) < threshold ? 0 : before[i]))).toBe(true);
    }
    expect(modelOutcome(candidatesOf(layers), resolution)).toMatchObject({ weights: 117_984, exact: true });
    const before = modelOutcome(candidatesOf(layers), { outcomes: repaired });
    expect(before.zeros).toBe(
      repair.tensors.reduce((sum, { role, zeros }) => sum + (role === 'pruned' ? zeros : 0), 0),
    );
  });
});

describe('a picture', () => {
  it('shows repaired weights where they stay, and those that went as they were', async () => {
    const { opened, repaired, outcomes } = await repairedSample('digits-cnn.pth');
    const { measurable, units } = opened.session;
    const tensor = [...outcomes.keys()].at(-1)!;
    const draw = (of: Outcomes | undefined) => {
      const outcome = of?.get(tensor);
      return preview(measurable, units, { tensor, rows: 4, columns: 4, ...(outcome && { outcome }) }, context);
    };
    const [plain, pruned, after] = await Promise.all([draw(undefined), draw(outcomes), draw(repaired)]);
    expect(pruned.magnitudes).toEqual(plain.magnitudes);
    expect(after.kept).toEqual(pruned.kept);
    const sum = (values: Float32Array) => values.reduce((total, value) => total + value, 0);
    expect(sum(after.magnitudes)).toBeLessThan(sum(plain.magnitudes));
  });
});

describe('values', () => {
  it('are of every tensor of an earlier repair, where what is left is to be kept with them', async () => {
    const { opened, outcomes, repaired, values, repair } = await repairedSample('digits-cnn.pth');
    const [first, ...others] = repair.tensors;
    const again = new Map([[first!.tensor, values.get(first!.tensor)!]]);
    const request = { id: 'again', values: again, rest: repaired };
    const { added, file, counts } = await keepWholeRepair(opened.session, request, context);
    expect(added.map(({ name }) => name)).toEqual(others.map(({ name }) => name));
    expect(file).toBe(repair.file);
    expect(counts.size).toBe(repair.tensors.length);
    const one = await weightsIn(opened, repairedOutcomes(outcomes, { ...repair, id: 'again' }));
    expect(isSame(one, await weightsIn(opened, repaired))).toBe(true);
  });

  it('of a tensor with a NaN are what masks between repairs left of it: the side file brings them back', async () => {
    const tensor = (name: string, values: readonly number[]) => {
      return { name, dtype: 'F32' as const, shape: [2, 4], content: [new Uint8Array(bytesOf('F32', values))] };
    };
    const tensors = [
      tensor('a.weight', [Number.NaN, 1, 2, 3, 4, 5, 6, 7]),
      tensor('b.weight', [9, 8, 7, 6, 5, 4, 3, 2]),
    ];
    const file = new File([blobOf(safetensorsFile(tensors))], 'm.safetensors');
    const [opened, elsewhere] = [await open(file), await open(file)];
    const half: Recipe = {
      ...recipe,
      rules: [{ ...rule, tensors: ['*.weight', 'a.weight', 'b.weight'], scope: 'layer', amount: { sparsity: 0.5 } }],
    };
    const { outcomes } = await resolveExactly(opened.session, half, context);
    const { added, file: hash } = await keepWholeRepair(
      opened.session,
      { id: 'r', values: new Map(), rest: outcomes },
      context,
    );
    expect(added.map(({ name }) => name)).toEqual(['a.weight', 'b.weight']);
    const named = added.map((each) => ({ ...each, role: 'pruned' as const, zeros: 4, pruned: 4 }));
    const about = {
      id: 'r',
      of: hashOfRecipe(half),
      inputs: 'none',
      samples: 32,
      damping: 0.01,
      between: true,
      leftOut: [],
    };
    const repair: Repair = { ...about, file: hash, tensors: named };
    const side = repairFile(opened.session, repair);
    const read = await openRepair(elsewhere.session, new File([side.file], side.name));
    const [left, brought] = await Promise.all([
      weightsIn(opened, outcomes),
      weightsIn(elsewhere, repairedOutcomes(new Map(), read)),
    ]);
    expect(isSame(left, brought)).toBe(true);
  });

  it('of another size, of no weight of the file, or that are no finite numbers are refused by name', async () => {
    const { session } = await openSample('digits-cnn.pth');
    const id = session.opened.layers.findIndex(({ name }) => name === 'fc2.bias');
    const kept = (tensor: number, bytes: Uint8Array<ArrayBuffer>) => () =>
      keepRepair(session, 'r', new Map([[tensor, bytes]]));
    expect(kept(id, new Uint8Array(8))).toThrow('Repaired values of fc2.bias were expected to be 40 bytes, but are 8.');
    expect(kept(99, new Uint8Array(8))).toThrow('Tensor 99 is no tensor whose weights can be replaced.');
    const bad = new Uint8Array(bytesOf('F32', [0, 1, 2, Number.NaN, 4, 5, 6, 7, 8, 9]));
    expect(kept(id, bad)).toThrow('Repaired values of fc2.bias are not all finite numbers.');
  });

  it('that nobody holds any more are said to be missing', async () => {
    const { opened, repaired } = await repairedSample('digits-cnn.pth');
    const elsewhere = await openSample('digits-cnn.pth');
    await expect(prunedFile(elsewhere, repaired)).rejects.toMatchObject({ code: 'repair-missing' });
    await expect(prunedFile(opened, repaired)).resolves.toBeDefined();
  });

  it('go when others need their room, those first that nobody asked for', () => {
    const repairs = new Repairs(100);
    const of = (bytes: number) => new Map([[0, new Uint8Array(bytes)]]);
    repairs.keep('a', of(40));
    repairs.keep('b', of(40));
    repairs.valuesOf('a', 0, 'w');
    repairs.keep('c', of(40));
    expect(() => repairs.valuesOf('b', 0, 'w')).toThrow('The repaired weights are no longer held.');
    expect(repairs.valuesOf('a', 0, 'w')).toHaveLength(40);
    repairs.keep('huge', of(1000));
    expect(repairs.valuesOf('huge', 0, 'w')).toHaveLength(1000);
    expect(() => repairs.valuesOf('a', 0, 'w')).toThrow('no longer held');
  });
});

describe('a side file', () => {
  it('brings the repair back to the checkpoint, and to nothing else', async () => {
    const { opened, repair, repaired } = await repairedSample('digits-cnn.pth');
    const { name, file } = repairFile(opened.session, repair);
    expect(name).toBe('digits-cnn-repair.safetensors');
    const again = await openSample('digits-cnn.pth');
    const read = await openRepair(again.session, new File([file], name));
    expect(read).toEqual({ ...repair, id: `file-${repair.file}` });
    const outcomes = repairedOutcomes((await resolveExactly(again.session, recipe, context)).outcomes, read);
    expect(isSame(await weightsIn(again, outcomes), await weightsIn(opened, repaired))).toBe(true);
  });

  const digits = '0'.repeat(64);
  const metadata = {
    format: 'secateur-repair',
    version: '1',
    recipe: digits,
    inputs: 'some',
    samples: '256',
    damping: '0.01',
    layers: '[{"name":"fc2.bias","role":"bias"}]',
  };
  const bias = (values: readonly number[] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]) => ({
    name: 'fc2.bias',
    dtype: 'F32' as const,
    shape: [values.length],
    content: [new Uint8Array(bytesOf('F32', values))],
  });
  const read = async (
    tensors: Parameters<typeof safetensorsFile>[0],
    about: Record<string, string>,
  ): Promise<Repair> => {
    const { session } = await openSample('digits-cnn.pth');
    return openRepair(session, new File([blobOf(safetensorsFile(tensors, about))], 'x-repair.safetensors'));
  };

  it('that says little is read, and what it does not say is left open', async () => {
    expect(await read([bias()], metadata)).toMatchObject({
      samples: 256,
      between: false,
      tensors: [{ name: 'fc2.bias', role: 'bias', pruned: 0, zeros: 1 }],
      leftOut: [],
    });
  });

  it.each([
    ['other metadata', [bias()], { ...metadata, format: 'pt' }, 'does not say that it is "secateur-repair"'],
    ['another version', [bias()], { ...metadata, version: '2' }, 'says version 2, and 1 is read'],
    ['no recipe', [bias()], { ...metadata, recipe: 'x' }, 'does not say which recipe'],
    ['no samples', [bias()], { ...metadata, samples: '-1' }, 'gives no number of samples'],
    ['a list that is none', [bias()], { ...metadata, layers: '{}' }, 'under layers is no list'],
    ['JSON that is none', [bias()], { ...metadata, layers: '{' }, 'under layers is not JSON'],
    ['a tensor it does not tell of', [bias()], { ...metadata, layers: '[null, 3]' }, 'what was done to fc2.bias'],
    ['another shape', [bias([1, 2])], metadata, "Its fc2.bias is F32 [2], and the checkpoint's is F32 [10]."],
    [
      'a tensor of another model',
      [{ ...bias(), name: 'fc9.bias' }],
      metadata,
      'repairs fc9.bias, which the checkpoint does not have',
    ],
    ['infinite values', [bias([0, 1, 2, 3, 4, 5, 6, 7, 8, Infinity])], metadata, 'fc2.bias are not all finite'],
    ['no tensor', [], metadata, 'repairs no tensor'],
  ])('with %s is refused', async (_, tensors, about, why) => {
    await expect(read(tensors, about)).rejects.toThrow(why);
  });
});
