import { pruneFiles } from '../../engine/node/pruneFiles';
import { at } from '../../lib/known';
import { formatPercent, formatQuantity } from '../../lib/numbers';
import { pathsOf } from '../checkpoint';
import { type Command, textOf } from '../command';
import { written } from '../output';
import { progressOn } from '../progress';
import { recipeFrom, recipeOptions, recipeUsage } from '../recipeOptions';

export const prune: Command = {
  name: 'prune',
  summary: 'writes the checkpoint with weights pruned, every other byte as it was',
  usage: `FILE… --out FILE
  --out FILE           where it goes: a folder, where the checkpoint is many files; - is standard output
${recipeUsage}
  --repair FILE        the repaired weights that were saved beside the recipe
  --json               what was written, for other programs`,
  options: {
    ...recipeOptions,
    out: { type: 'string', short: 'o' },
    repair: { type: 'string' },
    json: { type: 'boolean' },
  },
  async run(call) {
    const { options, terminal, kernels, signal } = call;
    return await written(call, async (out, named) => {
      const recipe = await recipeFrom(call);
      const paths = await pathsOf(call);
      const context = progressOn(terminal, signal);
      const { opened, files, weights, zeros, changed, note } = await pruneFiles(
        paths,
        out,
        recipe,
        kernels,
        context,
        textOf(options, 'repair'),
      );
      for (const { text } of opened.notes) terminal.say(text);
      if (note !== undefined) terminal.say(note);
      if (options.json) {
        const written = files.map(({ content, size }) => ({ path: content, bytes: size }));
        terminal.print(`${JSON.stringify({ files: written, weights, zeros, changed }, null, 2)}\n`);
        return 0;
      }
      const where =
        files.length === 1 ? (named === out ? at(files, 0).content : named) : `${files.length} files in ${out}`;
      terminal.say(
        `${where}: ${formatPercent(weights === 0 ? 0 : zeros / weights)} of ${formatQuantity(weights, 'weight')} zero, ${formatQuantity(changed, 'tensor')} changed`,
      );
      return 0;
    });
  },
};
