/** Repaired weights against PyTorch's (tests/golden/repair.py): the same equations, solved there in f64. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { putElements, readGraph, sessionFiles } from '../../../../src/evaluation/graph/modelInMemory';
import { parseNpy } from '../../../../src/evaluation/inputs/npy';
import { loadRuntime } from '../../../../src/evaluation/runtime';
import { toFloats } from '../../../../src/evaluation/values';
import { partsOf } from '../../../../src/lib/parts';
import { memorySource } from '../../../../src/lib/source';
import { parseRecipe } from '../../../../src/pruning/parseRecipe';
import { type Repair, repairedOutcomes } from '../../../../src/pruning/repair';
import { context, fileOf, openStudio } from '../support';

interface Case {
  readonly name: string;
  readonly recipe: unknown;
  readonly checkpoint: string;
  /** By name: base64 of f32. */
  readonly expected: Readonly<Record<string, string>>;
}

const folder = join(import.meta.dirname, '../../../golden/files/repair');
const cases: readonly Case[] = JSON.parse(readFileSync(join(folder, 'cases.json'), 'utf8'));

/** What the model gives with other weights, on all inputs. */
async function outputsWith(name: string, weights: ReadonlyMap<string, Uint8Array>): Promise<Float32Array> {
  const bytes = new Uint8Array(readFileSync(join(folder, `${name}.onnx`)));
  const graph = await readGraph(memorySource(bytes), partsOf([{ name: `${name}.onnx`, size: bytes.length }]));
  for (const [tensor, elements] of weights) {
    putElements(graph.bytes, graph.tensors.find((each) => each?.name === tensor)!, elements);
  }
  const session = await (await loadRuntime()).createSession(...sessionFiles(graph, graph.bytes));
  const inputs = parseNpy(new Uint8Array(readFileSync(join(folder, `${name}.npy`))), name);
  const outputs = await session.run(new Map([['x', inputs]]));
  await session.release();
  return toFloats([...outputs.values()][0]!);
}

describe('repaired weights give what PyTorch’s give', () => {
  it.each(cases)('$name', async ({ name, recipe, checkpoint, expected }) => {
    const studio = await openStudio(fileOf(join(folder, checkpoint)), 'session');
    const { evaluation, tensors, engine } = studio;
    const files = [fileOf(join(folder, `${name}.onnx`))];
    await evaluation.openGraph({ files, isCheckpoint: checkpoint.endsWith('.onnx'), tensors }, context);
    const source = { kind: 'arrays', files: [fileOf(join(folder, `${name}.npy`))] } as const;
    await evaluation.setInputs({ source }, context);
    await evaluation.setCalibration({ source: { kind: 'own', source } }, context);
    const outcomes = await studio.resolve(parseRecipe(recipe));
    const request = { outcomes, settings: { damping: 0.01 }, id: name, of: '' };
    const report = (await evaluation.repair(request, context)) as Repair;
    expect(report).not.toHaveProperty('refused');
    expect(report.leftOut).toEqual([]);
    expect(new Set(report.tensors.map((tensor) => tensor.name))).toEqual(new Set(Object.keys(expected)));
    for (const { before, after } of report.tensors) if (before !== undefined) expect(after).toBeLessThan(before);

    const ids = report.tensors.map(({ tensor }) => tensor);
    const kept = await engine.weights({ outcomes: repairedOutcomes(outcomes, report), tensors: ids }, context);
    const ours = new Map(
      report.tensors.map(({ tensor, name: named }) => {
        const { dtype, shape } = tensors.find(({ id }) => id === tensor)!;
        return [named, new Uint8Array(toFloats({ dtype, shape, bytes: kept.get(tensor)! }).slice().buffer)];
      }),
    );
    const theirs = new Map(
      Object.entries(expected).map(([named, text]) => [named, new Uint8Array(Buffer.from(text, 'base64'))]),
    );
    for (const [named, bytes] of theirs) expect(zerosOf(ours.get(named)!), named).toEqual(zerosOf(bytes));
    const [a, b] = [await outputsWith(name, ours), await outputsWith(name, theirs)];
    const difference = Math.sqrt(a.reduce((sum, value, i) => sum + (value - b[i]!) ** 2, 0));
    expect(difference / Math.sqrt(b.reduce((sum, value) => sum + value ** 2, 0))).toBeLessThan(1e-3);
    studio.close();
  });
});

/** Places of zeros, of f32. */
function zerosOf(bytes: Uint8Array): number[] {
  return [...new Float32Array(bytes.slice().buffer).entries()].flatMap(([i, value]) => (value === 0 ? [i] : []));
}
