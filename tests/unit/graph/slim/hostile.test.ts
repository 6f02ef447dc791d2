/** Graphs that would need more memory than there is. */
import { describe, expect, it } from 'vitest';
import { analyse } from '../../../support/slim';
import { constantInts, float, node } from '../../formats/onnx/models';
import { concat, model, number, record, text } from '../../formats/onnx/protobuf';

function graphOf(
  nodes: readonly Uint8Array[],
  initializers: Readonly<Record<string, Uint8Array>>,
): Uint8Array<ArrayBuffer> {
  const shape = record(2, ...[1, 8].map((size) => record(1, number(1, size))));
  const input = record(11, text(1, 'x'), record(2, record(1, number(1, 1), shape)));
  const tensors = Object.entries(initializers).map(([name, tensor]) => record(5, tensor, text(8, name)));
  const graph = record(7, ...nodes.map((each) => record(1, each)), ...tensors, input, record(12, text(1, 'y')));
  return new Uint8Array(concat(model(graph), record(8, number(2, 17))));
}

describe('what a graph may ask for is bounded', () => {
  it('axes that double with every node', async () => {
    const nodes = [node('MatMul', ['x', 'w'], ['v0'])];
    for (let i = 0; i < 60; i++) nodes.push(node('Concat', [`v${i}`, `v${i}`], [`v${i + 1}`], { axis: 1 }));
    const { units } = await analyse([{ name: 'doubling.onnx', bytes: graphOf(nodes, { w: float(8, 16) }) }]);
    expect(units.units).toEqual([]);
    expect(units.pinned.map(({ why }) => why)).toContain('is read by Concat, which gives too many elements');
  });

  it('padding, repetition and parts by the million', async () => {
    const huge = 2 ** 40;
    const asked = [
      node('Pad', ['h', 'pads'], ['y']),
      node('Tile', ['h', 'repeats'], ['y']),
      node('Expand', ['h', 'size'], ['y']),
      node('Split', ['h'], ['y'], { axis: 1, num_outputs: huge }),
      node('Range', ['zero', 'many', 'one'], ['y']),
    ];
    const numbers = {
      pads: constantInts(0, huge, 0, huge),
      repeats: constantInts(1, huge),
      size: constantInts(huge, 16),
      zero: constantInts(0),
      many: constantInts(huge),
      one: constantInts(1),
    };
    for (const last of asked) {
      const nodes = [node('MatMul', ['x', 'w'], ['h']), last];
      const { walk } = await analyse([{ name: 'huge.onnx', bytes: graphOf(nodes, { w: float(8, 16), ...numbers }) }]);
      expect(walk.slotted).toBeLessThan(1000);
    }
  });
});
