import { exportAs } from '../../engine/exports/exportAs';
import { formatBytes } from '../../lib/numbers';
import { sinksOf, withCheckpoint } from '../checkpoint';
import { type Command, textOf, UsageError } from '../command';
import { progressOn } from '../progress';
import { recipeFrom, recipeOptions, recipeUsage } from '../recipeOptions';

export const masks: Command = {
  name: 'masks',
  summary: 'writes the masks alone, as safetensors',
  usage: `FILE… --out FILE
  --out FILE           where they go
${recipeUsage}`,
  options: { ...recipeOptions, out: { type: 'string', short: 'o' } },
  async run(call) {
    const out = textOf(call.options, 'out');
    if (out === undefined) throw new UsageError('Say where they go: --out FILE.');
    return await withCheckpoint(call, await recipeFrom(call.options), async (open) => {
      const context = progressOn(call.terminal, call.signal);
      const { content, size } = await exportAs(open, 'masks', open.outcomes, await sinksOf(call, out), context);
      call.terminal.say(`${content}: ${formatBytes(size)}`);
      return 0;
    });
  },
};
