/** The masks of torch.nn.utils.prune and of the papers' formulas (tests/golden/methods.py), from file to file. */
import { describe, expect, it } from 'vitest';
import { applyPrograms } from '../../../src/engine/passes/applyPrograms';
import { UnitProgress } from '../../../src/engine/passes/unitProgress';
import { AnswerCache } from '../../../src/engine/recipe/answerCache';
import { candidatesOf } from '../../../src/engine/recipe/candidates';
import { settle } from '../../../src/engine/recipe/settle';
import type { Session } from '../../../src/engine/session';
import { parseRecipe } from '../../../src/pruning/parseRecipe';
import type { Outcome } from '../../../src/pruning/resolution';
import { byteWidthOf, type PrunableDtype } from '../../../src/tensors/dtype';
import { numelOf, type TensorId } from '../../../src/tensors/tensor';
import { expectSame } from '../../support/expectSame';
import { loadWasmKernels } from '../../support/kernels';
import { methodGolden } from '../../support/methodGoldens';
import { checkpointOf, context, elementsIn, type InMemory, openInMemory, referTo } from './sessions';

const bytesIn = (base64: string) => new Uint8Array(Buffer.from(base64, 'base64'));

/** Row by row in all of them: ties and draws go by the order of storage. */
const storages = [
  { name: 'in one piece', byteOrder: 'little', apart: 1, places: 1 },
  { name: 'big-endian, with gaps', byteOrder: 'big', apart: 3, places: 1 },
  { name: 'in several places', byteOrder: 'little', apart: 1, places: 4 },
] as const;

const files = ['f64', 'f32', 'f16', 'bf16', 'mixed'].map((dtype) => ({ dtype, storage: storages[0] }));
const inOtherWays = storages.slice(1).map((storage) => ({ dtype: 'mixed', storage }));

describe.each([...files, ...inOtherWays])('tensors of $dtype, stored $storage.name', ({ dtype, storage }) => {
  const { byteOrder, apart, places } = storage;
  const golden = methodGolden(dtype);

  it('get the masks of PyTorch, and no other byte changes', async () => {
    const stored = (key: 'bytes' | 'reference') =>
      golden.tensors.map((tensor) => ({ ...tensor, bytes: bytesIn(tensor[key]), apart, places }));
    const memory = checkpointOf(stored('bytes'), byteOrder);
    const session = await openInMemory(memory, loadWasmKernels());
    referTo(session, checkpointOf(stored('reference'), byteOrder));
    session.setInputs(
      'norms',
      new Map(golden.tensors.map(({ activations }, id) => [id, new Float32Array(bytesIn(activations).buffer)])),
    );
    const all = new Set(golden.tensors.keys());
    const candidates = candidatesOf(session.opened.layers, { references: all, inputNorms: all });
    for (const { recipe, keeps, tied } of golden.cases) {
      const title = JSON.stringify(recipe);
      const { outcomes, pending } = await settle(parseRecipe(recipe), candidates, new AnswerCache(), (requests) =>
        session.lookUp(requests, context),
      );
      expect(pending).toEqual([]);
      const masks = await masksOf(session, outcomes);
      const written = await exported(session, memory, outcomes);
      let gone = 0;
      let goneInPyTorch = 0;
      for (const [id, { name, dtype: of, bytes }] of golden.tensors.entries()) {
        const original = bytesIn(bytes);
        const mask = masks.get(id) ?? new Uint8Array(original.length / byteWidthOf(of)).fill(1);
        expect(same(elementsIn(written, memory, id), withZeros(original, mask, byteWidthOf(of))), title).toBe(true);
        if (keeps[name] === undefined) continue;
        const bits = bytesIn(keeps[name]!);
        const theirs = mask.map((_, i) => (bits[i >> 3]! >> (7 - (i & 7))) & 1);
        if (!tied) expectSame(mask, theirs, `${title} on ${name}`);
        gone += mask.filter((kept) => kept === 0).length;
        goneInPyTorch += theirs.filter((kept) => kept === 0).length;
      }
      expect(gone, title).toBe(goneInPyTorch);
      expect(same(outsideOf(memory, written), outsideOf(memory, memory.file)), title).toBe(true);
    }
  }, 60_000);
});

async function masksOf(
  { measurable, units }: Session,
  outcomes: ReadonlyMap<TensorId, Outcome>,
): Promise<Map<TensorId, Uint8Array>> {
  const programs = new Map([...outcomes].map(([tensor, { program }]) => [tensor, program]));
  const pruned = units.filter(({ tensor }) => programs.has(tensor));
  const report = new UnitProgress('writing', pruned, context);
  const masks = new Map<TensorId, Uint8Array>();
  // Chunks of a few elements: everything crosses them.
  const options = { kept: true, chunkBytes: 256 };
  for await (const { chunk, kept } of applyPrograms(measurable, pruned, programs, report, context, options)) {
    const before = masks.get(chunk.unit.tensor) ?? new Uint8Array(0);
    masks.set(chunk.unit.tensor, new Uint8Array(Buffer.concat([before, kept!])));
  }
  return masks;
}

/** The file with its patches, which the session holds against the outcomes. */
async function exported(
  session: Session,
  { file }: InMemory,
  outcomes: ReadonlyMap<TensorId, Outcome>,
): Promise<Uint8Array> {
  const written = file.slice();
  for await (const { offset, bytes } of session.patches(outcomes, context)) written.set(bytes, offset);
  return written;
}

const same = (a: Uint8Array, b: Uint8Array) => Buffer.compare(a, b) === 0;

function withZeros(bytes: Uint8Array, kept: Uint8Array, width: number): Uint8Array {
  const pruned = bytes.slice();
  kept.forEach((stays, i) => {
    if (stays === 0) pruned.fill(0, i * width, (i + 1) * width);
  });
  return pruned;
}

/** A file with its elements blanked: what no export may change. */
function outsideOf({ checkpoint }: InMemory, file: Uint8Array): Uint8Array {
  const outside = file.slice();
  for (const { dtype, shape, strides, storage } of checkpoint.tensors) {
    const width = byteWidthOf(dtype as PrunableDtype);
    const apart = (numelOf(shape) > 1 ? strides.at(-1)! : 1) * width;
    let at = 0;
    for (const { start, end } of checkpoint.storages[storage]!.segments) {
      for (let byte = start; byte < end; byte++, at++) if (at % apart < width) outside[byte] = 0;
    }
  }
  return outside;
}
