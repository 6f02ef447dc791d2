/** Choosing rows with mouse and keyboard: which rows are selected, and which one the keyboard acts on. */
import { useEffect, useMemo, useRef, useState } from 'react';
import { at } from '../../lib/known';
import type { Layer } from '../../state/checkpointSlice';
import { studio, useStudio } from '../../state/store';
import type { StudioState } from '../../state/studio';
import { ownerIdOf, ownerOf, ownersNamed } from '../../tensors/owners';
import type { TensorId } from '../../tensors/tensor';
import { rangeTo } from './navigation';
import type { LayerRow } from './rows';

const noLayers: readonly Layer[] = [];

/** `toggle`: Ctrl+click; `extend`: Shift+click; `focus`: moves the keyboard alone. */
export type Choice = 'only' | 'toggle' | 'extend' | 'focus';

interface RowChoice {
  readonly isSelected: (layer: Layer) => boolean;
  /** Position among the rows shown, -1 where it is not among them. */
  readonly active: number;
  /** What the keyboard acts on: all that is selected, or the active row alone where it is not. */
  chosen(): readonly Layer[];
  choose(position: number, how: Choice): void;
  chooseAll(): void;
}

/**
 * A tied row is selected with its owner, because they are the same weights; the keyboard still stops at each.
 *
 * @param rows as shown
 * @param reveal scrolls to a position when the selection was changed elsewhere
 */
export function useRowChoice(rows: readonly LayerRow[], reveal: (position: number, how: 'center') => void): RowChoice {
  const selection = useStudio((state) => state.selection);
  const layers = useStudio((state) => state.checkpoint?.layers ?? noLayers);
  const owners = useMemo(() => ownersNamed(selection, layers), [selection, layers]);
  const selected = useMemo(() => new Set(owners), [owners]);
  const isSelected = (layer: Layer) => selected.has(ownerOf(layer, layers));
  const [activeId, setActiveId] = useState(selection.at(-1));
  const anchorId = useRef(activeId);
  /** The selection that this table made itself. */
  const own = useRef<readonly TensorId[]>([]);

  const positions = useMemo(() => new Map(rows.map(({ layer }, position) => [layer.id, position])), [rows]);
  const positionOf = (id: TensorId | undefined) => (id === undefined ? -1 : (positions.get(id) ?? -1));

  const current = selection.at(-1);
  // biome-ignore lint/correctness/useExhaustiveDependencies: only a new selection moves the active row, not a new order
  useEffect(() => {
    if (selection === own.current) return;
    setActiveId(current);
    anchorId.current = current;
    const position = positionOf(current);
    if (position >= 0) reveal(position, 'center');
  }, [selection]);

  const select = (ids: readonly TensorId[], how: Parameters<StudioState['select']>[1]) => {
    studio.getState().select(ids, how);
    own.current = studio.getState().selection;
  };
  const ownersAt = (chosen: readonly number[]) => [...new Set(chosen.map((position) => at(rows, position).owner.id))];

  return {
    isSelected,
    active: positionOf(activeId),
    chosen: () => {
      const active = rows[positionOf(activeId)];
      if (!active) return [];
      return isSelected(active.layer) ? owners : [active.owner];
    },
    choose: (position, how) => {
      const { layer } = at(rows, position);
      setActiveId(layer.id);
      if (how === 'focus') return;
      if (how === 'extend') {
        const anchor = positionOf(anchorId.current);
        select(lastOf(ownersAt(rangeTo(anchor < 0 ? position : anchor, position)), ownerIdOf(layer)), 'only');
        return;
      }
      anchorId.current = layer.id;
      select([ownerIdOf(layer)], how === 'toggle' ? 'add' : 'only');
    },
    chooseAll: () => {
      const ids = ownersAt(rows.map((_, position) => position));
      const last = ids.find((id) => id === current) ?? ids[0];
      if (last !== undefined) select(lastOf(ids, last), 'only');
    },
  };
}

/** The same ids with one of them last: the one the editor shows. */
function lastOf(ids: readonly TensorId[], last: TensorId): TensorId[] {
  return [...ids.filter((id) => id !== last), last];
}
