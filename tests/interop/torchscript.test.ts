/** TorchScript archives of one module, written on the spot: kinds and dimensions as `isinstance` says in PyTorch. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBytes, sha256Of } from '../unit/formats/pytorch/goldens';

const python = process.env.SECATEUR_PYTHON;

interface Facts {
  readonly kind: string;
  readonly outputs: readonly number[] | null;
  readonly inputs: readonly number[] | null;
}

describe.skipIf(!python)('in a TorchScript archive', () => {
  const folder = mkdtempSync(join(tmpdir(), 'secateur-torchscript-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  beforeAll(() => {
    execFileSync(python!, [resolve(import.meta.dirname, 'torchscript.py'), folder], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
  });

  const open = async (name: string) => {
    const bytes = new Uint8Array(readFileSync(join(folder, `${name}.pt`)));
    const facts: Record<string, Facts> = JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8'));
    return { bytes, checkpoint: await openBytes(bytes), facts: new Map(Object.entries(facts)) };
  };

  it.each(['scripted', 'traced', 'parametrised'])('that is %s, what its module makes of it', async (name) => {
    const { checkpoint, facts } = await open(name);
    const ours = new Map(checkpoint.tensors.map((tensor) => [tensor.name, tensor]));
    expect(facts.size).toBeGreaterThan(5);
    for (const [key, { kind, outputs, inputs }] of facts) {
      const tensor = ours.get(key);
      expect(tensor?.kind, key).toBe(kind);
      expect(tensor?.because, key).toBeTruthy();
      if (outputs) expect(tensor?.axes, key).toEqual({ outputs, inputs });
    }
  });

  it.each(['frozen-scripted', 'frozen-traced'])('that is %s, what an operator takes it as', async (name) => {
    const { bytes, checkpoint, facts } = await open(name);
    let found = 0;
    for (const tensor of checkpoint.tensors) {
      const told = tensor.storage < 0 ? undefined : facts.get(sha256Of(tensor, checkpoint, bytes));
      if (!told) continue;
      found++;
      // Freezing takes a recurrent cell apart into linear layers.
      expect(told.kind === 'recurrent' ? ['recurrent', 'linear'] : [told.kind]).toContain(tensor.kind);
      if (told.outputs) expect(tensor.axes, tensor.name).toEqual({ outputs: told.outputs, inputs: told.inputs });
    }
    // What freezing left as it was: all but a batch norm and what is transposed beforehand.
    expect(found).toBeGreaterThan(facts.size - 8);
  });

  it('lists no tensor twice that the state dict has once', async () => {
    const { checkpoint } = await open('scripted');
    expect(checkpoint.tensors.filter(({ name }) => name.includes('_flat_weights'))).toEqual([]);
  });
});
