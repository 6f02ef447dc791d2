/** Files opened and half of all weights pruned together, as the page does it. */
import { AnswerCache } from '../../../src/engine/recipe/answerCache';
import { candidatesOf } from '../../../src/engine/recipe/candidates';
import { settle } from '../../../src/engine/recipe/settle';
import { createEngine } from '../../../src/engine/worker/engine';
import { loadWasmKernels } from '../../support/kernels';
import { context, globalRecipe } from '../evaluation/support';

export async function pruned(files: readonly File[]) {
  const engine = createEngine(loadWasmKernels());
  const opened = await engine.open({ files }, context);
  const { outcomes } = await settle(
    globalRecipe({ sparsity: 0.5 }),
    candidatesOf(opened.layers),
    new AnswerCache(),
    (requests) => engine.lookUp({ requests }, context),
  );
  return { opened, report: await engine.export({ outcomes }, context) };
}
