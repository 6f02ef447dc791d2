import { exportLean } from '../../engine/exports/lean';
import type { LeanChoice } from '../../engine/exports/leanPlan';
import { formatBytes, formatPercent, formatQuantity } from '../../lib/numbers';
import { emptyRecipe } from '../../pruning/recipe';
import { type NarrowDtype, relativeError } from '../../tensors/narrowing';
import { sinksOf, withCheckpoint } from '../checkpoint';
import { type Command, textOf, UsageError } from '../command';
import { written } from '../output';
import { progressOn } from '../progress';
import { recipeFrom, recipeOptions, recipeUsage } from '../recipeOptions';

const precisions: ReadonlyMap<string, NarrowDtype> = new Map([
  ['f16', 'F16'],
  ['bf16', 'BF16'],
]);
const fileKinds = new Map([
  ['pytorch', 'torch.save'],
  ['safetensors', 'safetensors'],
] as const);

export const lean: Command = {
  name: 'lean',
  summary: 'writes one state dict of a training checkpoint, and nothing else of it',
  usage: `FILE… --out FILE
  --out FILE           where it goes: a folder, where the checkpoint is many files; - is standard output
  --keep NAME          which model of the file, as inspect calls it; absent: the first
  --dtype f16|bf16     what wider weights become; absent: they stay as they are
  --as pytorch|safetensors  absent: as the file
  --json               what was written, for other programs
${recipeUsage}`,
  options: {
    ...recipeOptions,
    out: { type: 'string', short: 'o' },
    keep: { type: 'string' },
    dtype: { type: 'string' },
    as: { type: 'string' },
    json: { type: 'boolean' },
  },
  async run(call) {
    const { options, terminal } = call;
    return await written(call, async (out, named) => {
      const precision = chosen(precisions, 'dtype', textOf(options, 'dtype'));
      const as = chosen(fileKinds, 'as', textOf(options, 'as'));
      const isPruned = Object.keys(recipeOptions).some((name) => options[name] !== undefined);
      const recipe = isPruned ? await recipeFrom(call) : emptyRecipe;
      return await withCheckpoint(call, recipe, async (open) => {
        const { models, can, parts } = open.session.opened;
        const kept = textOf(options, 'keep');
        const model = kept === undefined ? models[0] : models.find(({ id, title }) => id === kept || title === kept);
        if (!model) throw new UsageError(`Its models are ${models.map(({ title }) => title).join(', ')}.`);
        const choice: LeanChoice = { model: model.id, precision, files: as ?? can.stateDict ?? 'safetensors' };
        const context = progressOn(terminal, call.signal);
        const sinks = await sinksOf(call, out, parts.length);
        const { files, tensors, loss } = await exportLean(open, choice, open.outcomes, sinks, context);
        const size = files.reduce((sum, file) => sum + file.size, 0);
        if (options.json) {
          const written = files.map((file) => ({ path: file.content, bytes: file.size }));
          const lost = loss && { relative: relativeError(loss), overflowed: loss.overflowed, vanished: loss.vanished };
          terminal.print(`${JSON.stringify({ files: written, tensors, loss: lost }, null, 2)}\n`);
          return 0;
        }
        const where =
          files.length === 1 ? (named === out ? files[0]?.content : named) : `${files.length} files in ${out}`;
        terminal.say(
          `${where}: ${formatQuantity(tensors, 'tensor')}, ${formatBytes(size)} of ${formatBytes(open.source.size)}`,
        );
        if (loss) {
          terminal.say(
            `Rounding: off by ${formatPercent(relativeError(loss), 3)} of their norm; ${formatQuantity(loss.overflowed, 'weight')} became infinite, ${formatQuantity(loss.vanished, 'weight')} became zero.`,
          );
        }
        return 0;
      });
    });
  },
};

function chosen<Value>(
  among: ReadonlyMap<string, Value>,
  option: string,
  given: string | undefined,
): Value | undefined {
  if (given === undefined) return undefined;
  const value = among.get(given);
  if (value === undefined) throw new UsageError(`--${option} is one of ${[...among.keys()].join(', ')}.`);
  return value;
}
