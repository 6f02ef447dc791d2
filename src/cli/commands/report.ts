import { known } from '../../lib/known';
import { csvReport } from '../../reports/csvReport';
import { htmlReport } from '../../reports/htmlReport';
import { jsonReport } from '../../reports/jsonReport';
import { reportOf, withCheckpoint } from '../checkpoint';
import { type Command, textOf, UsageError } from '../command';
import { recipeFrom, recipeOptions, recipeUsage } from '../recipeOptions';

const formats = new Map([
  ['csv', csvReport],
  ['html', htmlReport],
  ['json', jsonReport],
]);

export const report: Command = {
  name: 'report',
  summary: 'prints what a recipe does to each tensor',
  usage: `FILE…
  --format NAME        csv (the default), html or json
${recipeUsage}`,
  options: { ...recipeOptions, format: { type: 'string' } },
  async run(call) {
    const format = textOf(call.options, 'format') ?? 'csv';
    if (!formats.has(format)) throw new UsageError(`--format ${format} is none of ${[...formats.keys()].join(', ')}.`);
    const recipe = await recipeFrom(call);
    return withCheckpoint(call, recipe, async (open) => {
      call.terminal.print(known(formats, format)(reportOf(open, recipe)));
      return 0;
    });
  },
};
