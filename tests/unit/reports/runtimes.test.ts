import { describe, expect, it } from 'vitest';
import type { Mask, Outcome } from '../../../src/pruning/resolution';
import { htmlReport } from '../../../src/reports/htmlReport';
import { jsonReport } from '../../../src/reports/jsonReport';
import type { ReportedLayer } from '../../../src/reports/outcomeRows';
import { payoffs, runtimes, verdictOf } from '../../../src/reports/runtimes/runtimes';
import { workOf } from '../../../src/reports/runtimes/work';
import { axesAt } from '../../../src/tensors/axes';
import { numelOf } from '../../../src/tensors/tensor';
import { reportOf } from './layers';

const onnx = { name: 'net-pruned.onnx', can: { graph: true, script: 'ONNX' } } as const;
const pth = { name: 'net-pruned.pth', can: { script: 'torch.save' } } as const;

function layer(id: number, shape: readonly number[], kind: ReportedLayer['kind'] = 'linear'): ReportedLayer {
  const numel = numelOf(shape);
  const [template] = reportOf(['w']).layers;
  const statistics = { ...template!.statistics!, count: numel, zeros: 0 };
  return { ...template!, id, name: `w${id}`, kind, shape, numel, axes: axesAt(0, 1), statistics };
}

function outcome(zeros: number, ...program: Mask[]): Outcome {
  return { rule: 0, program, pruned: zeros, zeros, exact: true };
}

const magnitude = { criterion: 'magnitude' } as const;
const nOfM = (n: number, m: number, axis = 1): Mask => ({ kind: 'pattern', score: magnitude, n, m, axis });
const all = Number.POSITIVE_INFINITY;
const weights: Mask = { kind: 'threshold', score: magnitude, threshold: 0.1, ties: all };

function filters(axis: number): Mask {
  const groups = { kind: 'dim', axes: [{ axis, size: 1 }], norm: 2 } as const;
  return { kind: 'threshold', score: { ...magnitude, groups }, threshold: 1, ties: all };
}

/** Share and reason by runtime. */
function judged(layers: readonly ReportedLayer[], outcomes: readonly Outcome[], macs?: ReadonlyMap<number, number>) {
  const works = workOf({ layers, outcomes: new Map(outcomes.map((each, id) => [id, each])), macs });
  return new Map(payoffs(works, onnx).map((each) => [each.runtime.key, each]));
}

describe('where masks pay', () => {
  it('is with kernels for 2:4 only where the pattern lies along the inputs of layers that are large enough', () => {
    const layers = [layer(0, [512, 512]), layer(1, [128, 128]), layer(2, [512, 512]), layer(3, [512, 510])];
    const half = (id: number, mask: Mask) => outcome(layers[id]!.numel / 2, mask);
    const found = judged(layers, [half(0, nOfM(2, 4)), half(1, nOfM(2, 4)), half(2, weights), half(3, nOfM(2, 4))]);
    const total = 512 * 512 * 2 + 128 * 128 + 512 * 510;
    expect(found.get('tensorrt')?.share).toBeCloseTo((512 * 512) / total);
    expect(found.get('pytorch-semi-structured')?.share).toBeCloseTo((512 * 512 + 128 * 128) / total);
    expect(found.get('tensorrt')?.whyNot).toBe(
      '65.3 % of the work is not 2:4 along its inputs, 2.0 % is in layers of fewer than 256 channels.',
    );
    // Two multiplications of the second outweigh one weight of the first.
    const byMacs = judged(
      [layer(0, [512, 512]), layer(1, [64, 64])],
      [half(0, weights), half(1, nOfM(2, 4))],
      new Map([
        [0, 100],
        [1, 300],
      ]),
    );
    expect(byMacs.get('pytorch-semi-structured')?.macs).toBe(0.75);
  });

  it.each([
    [nOfM(1, 4), 1],
    [nOfM(2, 8), 1],
    [nOfM(1, 2), 1],
    [nOfM(4, 8), 0],
    [nOfM(2, 4, 0), 0],
    [{ kind: 'same', as: 9, name: 'w', program: [nOfM(2, 4)] } as Mask, 1],
  ])('takes other patterns where they are at least as strict: case %#', (mask, share) => {
    expect(judged([layer(0, [256, 256])], [outcome(1, mask)]).get('tensorrt')?.share).toBe(share);
  });

  it('is with XNNPACK in 1×1 convolutions of which more than two thirds are zero', () => {
    const layers = [layer(0, [8, 6, 1, 1], 'conv'), layer(1, [8, 6, 3, 3], 'conv'), layer(2, [8, 6, 1, 1], 'conv')];
    const found = judged(layers, [outcome(33, weights), outcome(400, weights), outcome(32, weights)]);
    expect(found.get('xnnpack')?.share).toBeCloseTo(48 / (48 * 11));
  });

  it('is everywhere with filters and channels that go whole, and says which part stays', () => {
    const found = judged([layer(0, [8, 6]), layer(1, [8, 6])], [outcome(24, filters(0)), outcome(24, weights)]);
    expect(found.get('any')?.share).toBe(0.25);
    expect(found.get('any')?.whyNot).toContain('stay');
    expect(judged([layer(0, [8, 6])], [outcome(24, filters(1))]).get('any')?.share).toBe(0.5);
  });

  it('is nowhere with zeros that are strewn, and that is said', () => {
    const works = workOf({ layers: [layer(0, [512, 512])], outcomes: new Map([[0, outcome(131072, weights)]]) });
    const found = payoffs(works, pth);
    expect(found.map(({ share }) => share)).toEqual(runtimes.map(() => 0));
    expect(verdictOf(found, works)).toContain('no runtime faster');
    expect(verdictOf(found, [])).toContain('Nothing is zero yet');
    for (const { whyNot } of found) expect(whyNot).toMatch(/^(All|None) of the work .*\.$/);
  });

  it('names what to run with the file that is exported', () => {
    const textOf = (file: typeof onnx | typeof pth) =>
      payoffs([], file)
        .flatMap(({ command }) => command?.text ?? [])
        .join('\n');
    expect(textOf(onnx)).toContain('trtexec --onnx=net-pruned.onnx --fp16 --sparsity=enable');
    expect(textOf(pth)).toContain('torch.load("net-pruned.pth"');
    expect(textOf(pth)).toContain('torch.onnx.export');
    expect(textOf({ ...onnx, name: "it's.onnx" } as never)).toContain(`--onnx='it'\\''s.onnx'`);
  });

  it('is told by reports, too', () => {
    const source = reportOf(['fc.weight']);
    const told = JSON.parse(jsonReport(source)).runtimes;
    expect(told.map(({ runtime }: { runtime: string }) => runtime)).toEqual(runtimes.map(({ key }) => key));
    expect(told[1]).toMatchObject({ share: 0, whyNot: 'None of the work is 2:4 along its inputs.' });
    expect(htmlReport(source)).toContain('trtexec');
  });
});
