/** The models of a file for the page, and what to say where there are several. */

import type { Note } from '../../formats/format';
import { at, known } from '../../lib/known';
import { listed } from '../../lib/listed';
import { formatQuantity } from '../../lib/numbers';
import type { Model } from '../../tensors/models';
import type { Layer, ModelOfFile } from '../opened';

/** More are not spelled out. */
const namesShown = 6;

/** Models that have weights of their own: one that shares all with others (a state dict saved twice) is these under other names. */
export function ownModels(models: readonly Model[], layers: readonly Layer[]): Model[] {
  const owning = new Set(
    layers.filter(({ sharesWith, shape }) => !sharesWith && shape.length > 1).map(({ model }) => model),
  );
  const own = models.length < 2 ? models : models.filter(({ id }) => owning.has(id));
  const ids = new Set(own.map(({ id }) => id));
  return own.map((model) => {
    const { twinOf, ...rest } = model;
    return twinOf !== undefined && ids.has(twinOf) ? model : rest;
  });
}

export function modelsOfFile(models: readonly Model[], layers: readonly Layer[]): ModelOfFile[] {
  const inBy = new Map(models.map(({ id }) => [id, { layers: 0, weights: 0 }]));
  for (const { model = at(models, 0).id, byDefault, numel } of layers) {
    const own = inBy.get(model);
    if (!own || !byDefault) continue;
    own.layers++;
    own.weights += numel;
  }
  return models.map(({ id, twinOf }) => {
    return {
      id,
      title: titleOf(id),
      ...known(inBy, id),
      ...(twinOf === undefined ? {} : { twinOf }),
    };
  });
}

export function modelNotes(models: readonly Model[]): Note[] {
  if (models.length < 2) return [];
  const named = models.slice(0, namesShown).map(describe);
  if (models.length > namesShown) named.push(`${models.length - namesShown} more`);
  const text = `${formatQuantity(models.length, 'model')}: ${listed(named)}. Amounts over the whole model are taken in each for itself.`;
  return [{ severity: 'info', text }];
}

function describe({ id, twinOf, isCopy }: Model): string {
  if (twinOf === undefined) return titleOf(id);
  const what = isCopy ? 'a copy made in training, same names and shapes as' : 'same names and shapes as';
  return `${titleOf(id)} (${what} ${titleOf(twinOf)})`;
}

function titleOf(id: string): string {
  return id === '' ? 'the outermost dict' : id;
}
