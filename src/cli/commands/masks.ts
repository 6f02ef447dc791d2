import { exportAs } from '../../engine/exports/exportAs';
import { formatBytes } from '../../lib/numbers';
import { sinksOf, withCheckpoint } from '../checkpoint';
import type { Command } from '../command';
import { outUsage, written } from '../output';
import { progressOn } from '../progress';
import { recipeFrom, recipeOptions, recipeUsage } from '../recipeOptions';

export const masks: Command = {
  name: 'masks',
  summary: 'writes the masks alone, as safetensors',
  usage: `FILE… --out FILE
${outUsage}
${recipeUsage}`,
  options: { ...recipeOptions, out: { type: 'string', short: 'o' } },
  async run(call) {
    return await written(call, async (out, named) => {
      const recipe = await recipeFrom(call);
      return await withCheckpoint(call, recipe, async (open) => {
        const context = progressOn(call.terminal, call.signal);
        const { content, size } = await exportAs(open, 'masks', open.outcomes, await sinksOf(call, out), context);
        call.terminal.say(`${named === out ? content : named}: ${formatBytes(size)}`);
        return 0;
      });
    });
  },
};
