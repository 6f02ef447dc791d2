/** Checkpoints that hold objects (written by tests/golden/objects.py): what PyTorch says is in them, and what for. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { TensorInfo } from '../../../../src/tensors/tensor';
import { type Expected, openBytes, sha256Of } from './goldens';

const folder = resolve(import.meta.dirname, '../../../golden/files/objects');
const names = readdirSync(folder).filter((name) => !name.endsWith('.json'));

interface ExpectedObject extends Expected {
  /** By the class that owns it, with its dimensions; absent where no class tells. */
  readonly kind?: string;
  readonly outputs?: readonly number[];
  readonly inputs?: readonly number[];
}

const bytesOf = (name: string) => new Uint8Array(readFileSync(join(folder, name)));
const expectedOf = (name: string): ExpectedObject[] => JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8'));

/** Key in its own state dict. */
function keyOf({ name, container }: TensorInfo, keys: ReadonlySet<string>): string {
  const short = name.startsWith(`${container}.`) ? name.slice(container.length + 1) : name;
  return keys.has(`${container}\n${short}`) ? short : name;
}

/** What `state_dict()` leaves out: computed weights that the module carries. */
const isCarried = ({ because }: TensorInfo) => because === 'an attribute of the module, no parameter';

describe.each(names)('%s', (name) => {
  const expected = expectedOf(name);
  const keys = new Set(expected.map(({ container, key }) => `${container}\n${key}`));

  it('lists what the state dict holds, under its names', async () => {
    const { tensors } = await openBytes(bytesOf(name));
    const line = (container: string, key: string, dtype: string, shape: readonly number[]) =>
      `${container}: ${key} ${dtype} [${shape.join(', ')}]`;
    const ours = tensors
      .filter((tensor) => !isCarried(tensor))
      .map((tensor) => line(tensor.container, keyOf(tensor, keys), tensor.dtype, tensor.shape));
    expect(ours.sort()).toEqual(expected.map((each) => line(each.container, each.key, each.dtype, each.shape)).sort());
  });

  it('points at the elements, or says why it cannot', async () => {
    const bytes = bytesOf(name);
    const checkpoint = await openBytes(bytes);
    const hashes = new Map(expected.map(({ container, key, sha256 }) => [`${container}\n${key}`, sha256]));
    for (const tensor of checkpoint.tensors.filter((each) => !isCarried(each))) {
      const sha256 = hashes.get(`${tensor.container}\n${keyOf(tensor, keys)}`);
      if (sha256 === undefined) expect(tensor.readOnly, tensor.name).toBeTruthy();
      else expect(sha256Of(tensor, checkpoint, bytes), tensor.name).toBe(sha256);
    }
  });

  it('takes a tensor for what the class of its module makes of it', async () => {
    const { tensors } = await openBytes(bytesOf(name));
    const ours = new Map(tensors.map((tensor) => [`${tensor.container}\n${keyOf(tensor, keys)}`, tensor]));
    for (const { container, key, kind, outputs, inputs } of expected) {
      if (kind === undefined) continue;
      const tensor = ours.get(`${container}\n${key}`)!;
      expect(tensor.kind, key).toBe(kind);
      expect(tensor.because, key).toMatch(/^the module |^a registered buffer$|^the lengths that weight_norm/);
      if (outputs) expect(tensor.axes, key).toEqual({ outputs, inputs });
    }
  });
});

describe('what is said of the file', () => {
  const notesOf = async (name: string) => (await openBytes(bytesOf(name))).notes.map(({ text }) => text);

  it('is that DTensors are shards, with a size', async () => {
    expect((await notesOf('dtensor.pt')).at(-1)).toBe(
      '3 tensors are distributed (DTensor): the file holds the shard of one process, and that is what is shown and pruned (0.weight is [3, 4] of [6, 4]).',
    );
  });

  it('is that arrays of NumPy cannot be changed in place, where there is nothing else', async () => {
    for (const name of ['arrays.pt', 'arrays-protocol5.pt', 'arrays-dill.pt']) {
      expect((await openBytes(bytesOf(name))).readOnly, name).toMatch(/NumPy arrays .* torch\.from_numpy/);
    }
    expect((await openBytes(bytesOf('arrays-and-tensors.pt'))).readOnly).toBeUndefined();
  });

  it('is never that a class made by a call is damage', async () => {
    for (const name of names) expect((await notesOf(name)).join(), name).not.toMatch(/damaged/);
  });

  it('is in which class a tensor keeps others', async () => {
    const { tensors } = await openBytes(bytesOf('wrappers.pt'));
    expect(tensors.find(({ name }) => name === 'two')?.readOnly).toBe(
      'its values are made from 2 tensors inside it (its class is TwoTensor), which Secateur does not patch',
    );
  });
});
