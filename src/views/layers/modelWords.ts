/** The models of a file, and what of them is pruned, in words. */
import { formatCount, formatInteger, formatQuantity } from '../../lib/numbers';
import type { ModelOfFile } from '../../state/checkpointSlice';
import { type ModelChoice, originals } from '../../state/modelChoice';

export interface ModelOption {
  readonly choice: ModelChoice;
  readonly label: string;
}

/** `state_dict · 11.2 M`, `state_dict_ema · 11.2 M, a copy of state_dict` */
export function modelText({ title, weights, twinOf }: ModelOfFile, titleOf: (id: string) => string): string {
  const copy = twinOf === undefined ? '' : `, a copy of ${titleOf(twinOf)}`;
  return `${title} · ${formatCount(weights)}${copy}`;
}

/** Everything there is to choose, the choice that a hand made in the table last. */
export function modelOptions(models: readonly ModelOfFile[]): ModelOption[] {
  const titles = new Map(models.map(({ id, title }) => [id, title]));
  const titleOf = (id: string) => titles.get(id) ?? id;
  const copiesOf = (original: string) => models.filter(({ twinOf }) => twinOf === original);
  return [
    { choice: { kind: 'all' }, label: `all ${formatInteger(models.length)}, each for itself` },
    ...models.map((model): ModelOption => {
      return { choice: { kind: 'only', model: model.id }, label: `only ${modelText(model, titleOf)}` };
    }),
    ...[...originals(models)].map(([original, copies]): ModelOption => {
      const [first] = copiesOf(original);
      const which = copies === 1 && first ? first.title : `its ${formatQuantity(copies, 'copy', 'copies')}`;
      return {
        choice: { kind: 'twins', of: original },
        label: `${titleOf(original)}, and ${which} with the same mask`,
      };
    }),
    { choice: { kind: 'mixed' }, label: 'as set in the table' },
  ];
}
