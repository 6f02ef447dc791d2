import { exportSlimGraph } from '../../engine/exports/exportAs';
import { formatBytes } from '../../lib/numbers';
import { emptyRecipe } from '../../pruning/recipe';
import { hasRepair } from '../../pruning/repair';
import { parsePlan } from '../../tensors/graph/slimPlan';
import { sinksOf, withCheckpoint } from '../checkpoint';
import { type Command, textOf, UsageError } from '../command';
import { outUsage, written } from '../output';
import { progressOn } from '../progress';
import { recipeFrom, recipeOptions, recipeUsage, textIn } from '../recipeOptions';

export const slim: Command = {
  name: 'slim',
  summary: 'writes an ONNX model without the channels that a plan takes',
  usage: `FILE… --out FILE
${outUsage}
  --plan FILE          slim-plan.json; absent: the plan in the recipe
${recipeUsage}`,
  options: { ...recipeOptions, out: { type: 'string', short: 'o' }, plan: { type: 'string' } },
  async run(call) {
    const { options, terminal } = call;
    return await written(call, async (out, named) => {
      const path = textOf(options, 'plan');
      const isPruned = Object.keys(recipeOptions).some((name) => options[name] !== undefined);
      const recipe = path !== undefined && !isPruned ? emptyRecipe : await recipeFrom(call);
      const plan = path === undefined ? recipe.slim?.plan : parsePlan(await textIn(path, 'plan'));
      if (!plan) throw new UsageError('The recipe says of no channels that they go: --plan FILE.');
      if (hasRepair(recipe)) {
        terminal.say(
          'The recipe was repaired: what stays has its weights where the file is the pruned one that has them.',
        );
      }
      return await withCheckpoint(call, recipe, async (open) => {
        const context = progressOn(terminal, call.signal);
        const { content, size } = await exportSlimGraph(open, plan, open.outcomes, await sinksOf(call, out), context);
        terminal.say(`${named === out ? content : named}: ${formatBytes(size)}, of ${formatBytes(open.source.size)}`);
        return 0;
      });
    });
  },
};
