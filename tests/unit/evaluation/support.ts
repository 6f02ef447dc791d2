/** The evaluation in this thread, connected with an engine in this thread, as the two workers are. */
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { CallContext } from '../../../src/engine/callContext';
import type { OpenedCheckpoint } from '../../../src/engine/opened';
import { AnswerCache } from '../../../src/engine/recipe/answerCache';
import { candidatesOf } from '../../../src/engine/recipe/candidates';
import { settle } from '../../../src/engine/recipe/settle';
import { createEngine } from '../../../src/engine/worker/engine';
import { createEvaluation, type EvaluationHandlers } from '../../../src/evaluation/evaluation';
import type { CheckpointTensor, Delivery, Outcomes } from '../../../src/evaluation/protocol';
import type { EvaluationContext } from '../../../src/evaluation/running';
import { loadRuntime } from '../../../src/evaluation/runtime';
import type { Amount, Recipe } from '../../../src/pruning/recipe';
import { loadWasmKernels } from '../../support/kernels';

export const samples = join(import.meta.dirname, '../../../public/samples');

export const context = { signal: new AbortController().signal, progress: () => {} } as CallContext & EvaluationContext;

export function fileOf(path: string): File {
  return new File([readFileSync(path)], basename(path));
}

export interface Studio {
  readonly evaluation: EvaluationHandlers;
  readonly opened: OpenedCheckpoint;
  readonly engine: ReturnType<typeof createEngine>;
  readonly tensors: readonly CheckpointTensor[];
  /** Exact outcomes of a recipe. */
  resolve(recipe: Recipe): Promise<Outcomes>;
  close(): void;
}

/** @param delivery how weights reach sessions; measured where absent */
export async function openStudio(checkpoint: File | readonly File[], delivery?: Delivery): Promise<Studio> {
  const engine = createEngine(loadWasmKernels());
  const files = checkpoint instanceof File ? [checkpoint] : checkpoint;
  const opened = await engine.open({ files }, context);
  const evaluation = createEvaluation({
    loadRuntime,
    decodeImage: async (_, place) => ({ pixels: new Uint8Array(), placement: place({ width: 1, height: 1 }) }),
    ...(delivery && { delivery }),
  });
  const { port1, port2 } = new MessageChannel();
  await engine.connect({ port: port1 }, context);
  await evaluation.connect({ port: port2 }, context);
  return {
    evaluation,
    opened,
    engine,
    tensors: opened.layers.map(({ id, name, container, kind, dtype, shape, prunable, byDefault }) => ({
      ...{ id, name, container, kind, dtype, shape, prunable, byDefault },
    })),
    async resolve(recipe) {
      const lookUp = (requests: Parameters<typeof engine.lookUp>[0]['requests']) =>
        engine.lookUp({ requests }, context);
      return (await settle(recipe, candidatesOf(opened.layers), new AnswerCache(), lookUp)).outcomes;
    },
    close: () => {
      port1.close();
      port2.close();
    },
  };
}

export function globalRecipe(amount: Amount): Recipe {
  return {
    format: 'secateur-recipe',
    version: 1,
    rules: [{ criterion: 'magnitude', granularity: 'weight', scope: 'global', amount }],
  };
}

/** The sample with its own graph and labelled test set. */
export async function openDigits(delivery?: Delivery) {
  const model = fileOf(join(samples, 'digits-cnn.onnx'));
  const studio = await openStudio(model, delivery);
  const graph = await studio.evaluation.openGraph(
    { files: [model], isCheckpoint: true, tensors: studio.tensors },
    context,
  );
  const source = { kind: 'arrays', files: [fileOf(join(samples, 'digits-test.npz'))] } as const;
  const inputs = await studio.evaluation.setInputs({ source }, context);
  return { ...studio, graph, inputs };
}
