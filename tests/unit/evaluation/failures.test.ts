import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadRuntime } from '../../../src/evaluation/runtime';
import { fromNumbers } from '../../../src/evaluation/values';
import { fileOf, sampleFile } from '../../support/studio';
import { concat, number, record, text } from '../formats/onnx/protobuf';
import { context, openDigits, openStudio } from './support';

/** y = op(x), with x of two floats. */
function modelOf(opType: string): Uint8Array {
  const value = (name: string) => {
    const size = record(1, number(1, 2));
    const tensorType = concat(number(1, 1), record(2, size));
    return concat(text(1, name), record(2, record(1, tensorType)));
  };
  const node = concat(text(1, 'x'), text(2, 'y'), text(4, opType));
  const graph = [record(1, node), text(2, 'g'), record(11, value('x')), record(12, value('y'))];
  return concat(number(1, 8), record(7, ...graph), record(8, number(2, 17)));
}

describe('what ONNX Runtime refuses', () => {
  it('is said in one sentence', async () => {
    const { createSession } = await loadRuntime();
    await expect(createSession(modelOf('Frobnicate'))).rejects.toMatchObject({
      code: 'evaluation-failed',
      message: expect.stringMatching(/^ONNX Runtime cannot run this model: [^\n]*Frobnicate/),
    });
    const session = await createSession(modelOf('Relu'));
    await expect(session.run(new Map())).rejects.toMatchObject({
      code: 'evaluation-failed',
      message: expect.stringMatching(/^ONNX Runtime stopped while it ran the model: [^\n]*'?x'?/),
    });
    await expect(session.run(new Map([['x', fromNumbers('F32', [3], [1, 2, 3])]]))).rejects.toMatchObject({
      code: 'evaluation-failed',
    });
    await session.release();
  });

  it('leaves what was open before usable', async () => {
    const digits = await openDigits('inputs');
    const wrong = { kind: 'arrays', files: [new File(['x'], 'inputs.txt')] } as const;
    await expect(digits.evaluation.setInputs({ source: wrong }, context)).rejects.toMatchObject({
      code: 'unsupported-feature',
    });
    const { accuracy } = await digits.evaluation.evaluate({ outcomes: new Map() }, context);
    expect(accuracy).toEqual(digits.inputs.baseline.accuracy);
    digits.close();
  });
});

describe('calls', () => {
  it('of evaluations are cancelled by the next one', async () => {
    const digits = await openDigits('inputs');
    const calls = [1, 2, 3].map(() => digits.evaluation.evaluate({ outcomes: new Map() }, context));
    const results = await Promise.allSettled(calls);
    expect(results.slice(0, 2)).toMatchObject([
      { status: 'rejected', reason: { code: 'cancelled' } },
      { status: 'rejected', reason: { code: 'cancelled' } },
    ]);
    expect(results[2]).toMatchObject({ status: 'fulfilled' });
    digits.close();
  });

  it('without a graph are refused', async () => {
    const { evaluation, close } = await openStudio(sampleFile('digits-cnn.onnx'));
    await expect(evaluation.evaluate({ outcomes: new Map() }, context)).rejects.toMatchObject({ code: 'internal' });
    await evaluation.close({}, context);
    close();
  });

  it('with a file that is no graph are refused', async () => {
    const { evaluation, tensors, close } = await openStudio(sampleFile('digits-cnn.pth'));
    const model = fileOf(join(import.meta.dirname, '../../../public/samples/README.md'));
    await expect(evaluation.openGraph({ files: [model], isCheckpoint: false, tensors }, context)).rejects.toMatchObject(
      {
        code: 'malformed-file',
      },
    );
    close();
  });
});
