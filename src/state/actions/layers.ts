/** What is done to the layers that are selected, and which of them the table shows. */
import { formatInteger } from '../../lib/numbers';
import { isDecided } from '../../pruning/resolution';
import { ownersNamed } from '../../tensors/owners';
import { layerKinds } from '../../tensors/tensor';
import { type Action, type ActionList, canEdit } from '../actions';
import type { Layer } from '../checkpointSlice';
import { canLock, lockedIn } from '../locks';
import { layersReached } from '../reach';
import { screen } from '../screen';
import type { EditScope } from '../selectionSlice';
import type { StudioState } from '../studio';

/** Of the layers that are selected; in the table, of those that the keyboard is at. */
export interface LayerAction extends Action {
  /** Of a group of modules it means all that is in it, not what is selected with it alone. */
  readonly ofWholeGroups?: true;
  /** @param layers owners of their weights */
  on(layers: readonly Layer[], state: StudioState): void | Promise<void>;
}

const needsFile = { group: 'Layers', keys: [], enabled: canEdit, needs: 'an open checkpoint' } as const;

export function selectedLayers({ selection, checkpoint }: StudioState): readonly Layer[] {
  return checkpoint ? ownersNamed(selection, checkpoint.layers) : [];
}

function ofSelected(action: Pick<LayerAction, 'id' | 'label' | 'keys' | 'on'> & Partial<LayerAction>): LayerAction {
  return { ...needsFile, within: 'layers', run: (state) => action.on(selectedLayers(state), state), ...action };
}

const idsOf = (layers: readonly Layer[]) => layers.map(({ id }) => id);

/** Those that answer to keys in the table. */
export const layerActions: readonly LayerAction[] = [
  ofSelected({
    id: 'switchSelected',
    label: 'Switch the selected layers in or out of pruning',
    keys: ['Space'],
    also: 'include exclude on off',
    on: (layers, { settled, setIncluded }) => {
      const prunable = layers.filter((layer) => layer.prunable);
      const isAllIn = prunable.every(({ id }) => isDecided(settled.outcomes, id));
      if (prunable.length > 0) setIncluded(idsOf(prunable), !isAllIn);
    },
  }),
  ofSelected({
    id: 'lockSelected',
    label: 'Lock the selected layers, or unlock them',
    keys: ['L'],
    also: 'freeze keep',
    ofWholeGroups: true,
    on: (layers, { recipe, checkpoint, setLocked }) => {
      const ids = idsOf(layers.filter(canLock));
      const locks = lockedIn(recipe, checkpoint?.layers ?? []);
      if (ids.length > 0) setLocked(ids, !ids.every((id) => locks.has(id)));
    },
  }),
  ofSelected({
    id: 'copyNames',
    label: 'Copy the names of the selected layers',
    keys: ['C'],
    on: (layers) => navigator.clipboard.writeText(layers.map(({ name }) => name).join('\n')),
    said: () => 'The names are on the clipboard.',
  }),
  ofSelected({
    id: 'selectShown',
    label: 'Select all layers that are shown',
    keys: ['mod+A'],
    on: () => screen.getState().selectShown(),
  }),
  ofSelected({
    id: 'threshold',
    label: 'Go to the threshold',
    keys: ['Enter'],
    also: 'handle slider',
    on: () => screen.getState().focusThreshold(),
  }),
];

const scopes: readonly (readonly [EditScope, string])[] = [
  ['layer', 'Edit this layer'],
  ['selected', 'Edit the selected layers'],
  ['model', 'Edit the whole model'],
];

export const scopeActions: readonly Action[] = [
  ...scopes.map(([scope, label]) => ({
    ...needsFile,
    id: `scope:${scope}`,
    label,
    also: 'scope',
    isOn: ({ editScope }: StudioState) => editScope === scope,
    run: ({ setEditScope }: StudioState) => setEditScope(scope),
  })),
  {
    ...needsFile,
    id: 'reset',
    label: 'Prune nothing in what is edited',
    also: 'reset clear',
    enabled: (state) => canEdit(state) && layersReached(state).length > 0,
    needs: 'a layer that is pruned',
    run: ({ resetScope }) => resetScope(),
  },
  {
    ...needsFile,
    id: 'overrule',
    label: 'Say what this tensor is…',
    also: 'kind axes overrule',
    run: () => screen.getState().setOverruling(true),
  },
];

/** Filters that are asked for often. */
export const filterActions: ActionList = ({ checkpoint, filter }) => {
  if (!checkpoint) return [];
  const counts = layerKinds.map(
    (kind) => [kind, checkpoint.layers.filter((layer) => layer.kind === kind).length] as const,
  );
  const shows = (id: string, label: string, text: string): Action => ({
    ...needsFile,
    id: `filter:${id}`,
    label,
    isOn: () => filter === text && text !== '',
    run: ({ setFilter }) => setFilter(text),
  });
  return [
    ...(filter === '' ? [] : [shows('all', 'Show all layers again', '')]),
    ...counts
      .filter(([, count]) => count > 0)
      .map(([kind, count]) => shows(kind, `Show only ${kind} (${formatInteger(count)})`, `kind:${kind}`)),
  ];
};
