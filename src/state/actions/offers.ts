/** What the palette offers for what is typed beside the table of actions: layers by their names, and figures. */
import { formatQuantity, formatShape } from '../../lib/numbers';
import { type Action, canEdit } from '../actions';
import { parseFilter } from '../layerFilter';
import { layersReached } from '../reach';
import type { StudioState } from '../studio';

/** More than these a person filters the table for. */
const mostLayers = 12;

const always = () => true;

/** Layers that are found as the filter finds them, and the filter itself. */
export function layerOffers(typed: string, { checkpoint }: StudioState): readonly Action[] {
  if (!checkpoint || typed === '') return [];
  const { matches } = parseFilter(typed);
  const found = checkpoint.layers.filter((layer) => matches({ layer }));
  const layers = found.slice(0, mostLayers).map(
    ({ id, name, kind, shape }): Action => ({
      id: `layer:${id}`,
      label: name,
      group: 'Layers',
      keys: [],
      about: `${kind} · ${formatShape(shape)}`,
      enabled: always,
      run: ({ select }) => select([id], 'only'),
    }),
  );
  const filter: Action = {
    id: 'filterBy',
    label: `Filter the layers by ${typed}`,
    group: 'Layers',
    keys: [],
    about: `It leaves ${formatQuantity(found.length, 'layer')}.`,
    enabled: always,
    run: ({ setFilter }) => setFilter(typed),
  };
  return found.length > 0 ? [...layers, filter] : [];
}

/** `50%` prunes what is edited to that sparsity. */
export function amountOffers(typed: string): readonly Action[] {
  const [, digits] = /^(\d+(?:\.\d+)?)\s*%$/.exec(typed) ?? [];
  const percent = Number(digits);
  if (digits === undefined || percent > 100) return [];
  return [
    {
      id: 'amount',
      label: `Prune what is edited to ${percent} %`,
      group: 'Layers',
      keys: [],
      enabled: (state) => canEdit(state) && layersReached(state).length > 0,
      needs: 'a layer that is pruned',
      run: ({ setTargetSparsity }) => setTargetSparsity(percent / 100),
    },
  ];
}

export interface Sample {
  readonly file: string;
  readonly title: string;
  readonly description: string;
}

export function sampleOffers(samples: readonly Sample[]): readonly Action[] {
  return samples.map(({ file, title, description }) => ({
    id: `sample:${file}`,
    label: `Open the sample ${title}`,
    group: 'File',
    keys: [],
    about: description,
    enabled: always,
    run: ({ openSample }) => openSample(file),
  }));
}
