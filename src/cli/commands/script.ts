import { candidatesOf } from '../../engine/recipe/candidates';
import { overruled } from '../../engine/recipe/overruled';
import { CheckpointError } from '../../lib/errors';
import { pythonScript } from '../../reports/pythonScript';
import { withCheckpoint } from '../checkpoint';
import type { Command } from '../command';
import { recipeFrom, recipeOptions, recipeUsage } from '../recipeOptions';

export const script: Command = {
  name: 'script',
  summary: 'prints the same pruning as a Python script, with the same bytes as its result',
  usage: `FILE…
${recipeUsage}`,
  options: recipeOptions,
  async run(call) {
    const recipe = await recipeFrom(call);
    return withCheckpoint(call, recipe, async ({ session }) => {
      const { can, layers, format } = session.opened;
      if (!can.script)
        throw new CheckpointError('unsupported-feature', `There is no Python script for ${format} files.`);
      const candidates = candidatesOf(overruled(layers, recipe));
      call.terminal.print(pythonScript({ files: can.script, recipe, candidates, layers }));
      return 0;
    });
  },
};
