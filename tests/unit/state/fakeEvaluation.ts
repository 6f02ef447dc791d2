/** An evaluation of which every answer is the test's. */

import { vi } from 'vitest';
import type { EvaluationCallOptions, EvaluationClient } from '../../../src/evaluation/client';
import type { Evaluation, EvaluationApi, InputSummary, OpenedGraph } from '../../../src/evaluation/protocol';
import type { ParamsOf, ResultOf } from '../../../src/lib/calls/protocol';
import { CheckpointError } from '../../../src/lib/errors';
import { settled } from './fakeEngine';

type Method = keyof EvaluationApi;

/** A call that waits to be answered. */
export interface EvaluationCall<M extends Method = Method> {
  readonly method: M;
  readonly params: ParamsOf<EvaluationApi, M>;
  readonly options: EvaluationCallOptions;
  answer(result: ResultOf<EvaluationApi, M>): void;
}

export class FakeEvaluation {
  readonly calls: EvaluationCall[] = [];
  readonly client = {
    call: (method: Method, params: never, options: EvaluationCallOptions = {}) =>
      new Promise((resolve, reject) => {
        if (method === 'close' || method === 'forgetMasks') resolve(undefined);
        options.signal?.addEventListener('abort', () => reject(new CheckpointError('cancelled', 'Cancelled.')));
        this.calls.push({ method, params, options, answer: resolve });
      }),
    disconnect: () => {},
  } as unknown as EvaluationClient;

  /** The call made last, once it is there. */
  async last<M extends Method>(method: M): Promise<EvaluationCall<M>> {
    await settled();
    // What is fetched on first use takes longer.
    const call = await vi.waitFor(() => {
      const latest = this.calls.at(-1);
      if (latest?.method !== method) throw new Error(`The last call is ${latest?.method ?? 'none'}, not ${method}.`);
      return latest;
    });
    return call as unknown as EvaluationCall<M>;
  }
}

export const graph: OpenedGraph = {
  fileName: 'model.onnx',
  inputs: [],
  outputs: [],
  dimensions: [],
  pairing: { pairs: [], unmatched: [], foldedIn: [], needsConfirmation: false },
  runtime: { backend: 'wasm', threads: 1, label: 'ONNX Runtime, WASM' },
};

export const inputs: InputSummary = {
  title: '300 samples',
  samples: 300,
  inputs: [],
  labelled: true,
  remarks: [],
  baseline: { accuracy: 0.9, milliseconds: 1000, delivery: 'inputs', deliveryReason: '' },
};

export function evaluationOf(accuracy: number): Evaluation {
  return { accuracy, outputs: [{ name: 'logits', shape: [300, 10], relativeL2: 1 - accuracy }], milliseconds: 1000 };
}
