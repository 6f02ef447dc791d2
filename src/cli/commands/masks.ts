import { exportAs } from '../../engine/exports/exportAs';
import { ScratchFiles } from '../../engine/node/scratchFiles';
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
    const scratch = new ScratchFiles();
    try {
      return await withCheckpoint(call, await recipeFrom(call.options), async ({ files, session, outcomes }) => {
        const source = { source: files.source, session, scratch: scratch.open };
        const context = progressOn(call.terminal, call.signal);
        const { content, size } = await exportAs(source, 'masks', outcomes, await sinksOf(call, out), context);
        call.terminal.say(`${content}: ${formatBytes(size)}`);
        return 0;
      });
    } finally {
      await scratch.close();
    }
  },
};
