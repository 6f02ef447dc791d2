/** Choosing rows with mouse and keyboard: which rows are selected, and which one the keyboard acts on. */
import { useEffect, useMemo, useRef, useState } from 'react';
import { at } from '../../lib/known';
import type { Layer } from '../../state/checkpointSlice';
import { studio, useStudio } from '../../state/store';
import type { StudioState } from '../../state/studio';
import { ownersNamed } from '../../tensors/owners';
import type { TensorId } from '../../tensors/tensor';
import { rangeTo } from './navigation';
import { keyOfTensor, ownersAt, type ShownRow, toSelect } from './shownRows';

const noLayers: readonly Layer[] = [];

/** `toggle`: Ctrl+click; `extend`: Shift+click; `focus`: moves the keyboard alone. */
export type Choice = 'only' | 'toggle' | 'extend' | 'focus';

interface RowChoice {
  readonly isSelected: (row: ShownRow) => boolean;
  /** Position among the rows shown, -1 where it is not among them. */
  readonly active: number;
  /** What the keyboard acts on: all that is selected, or the active row alone where it is not. */
  chosen(): readonly Layer[];
  choose(position: number, how: Choice): void;
  chooseAll(): void;
}

/**
 * A tied row is selected with its owner, because they are the same weights; the keyboard still stops at each. A group is
 * selected by what is in it.
 *
 * @param rows as shown
 * @param reveal scrolls to a position when the selection was changed elsewhere
 * @param uncover makes the row of a tensor be among those shown
 */
export function useRowChoice(
  rows: readonly ShownRow[],
  reveal: (position: number, how: 'center') => void,
  uncover: (id: TensorId) => void,
): RowChoice {
  const selection = useStudio((state) => state.selection);
  const layers = useStudio((state) => state.checkpoint?.layers ?? noLayers);
  const owners = useMemo(() => ownersNamed(selection, layers), [selection, layers]);
  const selected = useMemo(() => new Set(owners.map(({ id }) => id)), [owners]);
  const isSelected = (row: ShownRow) => toSelect(row).every(({ id }) => selected.has(id));
  const current = selection.at(-1);
  const [activeKey, setActiveKey] = useState(current === undefined ? undefined : keyOfTensor(current));
  const anchorKey = useRef(activeKey);
  /** The selection that this table made itself. */
  const own = useRef<readonly TensorId[]>([]);
  /** What has to be scrolled to as soon as its row is there. */
  const sought = useRef<string>(undefined);

  const positions = useMemo(() => new Map(rows.map(({ key }, position) => [key, position])), [rows]);
  const positionOf = (key: string | undefined) => (key === undefined ? -1 : (positions.get(key) ?? -1));

  // biome-ignore lint/correctness/useExhaustiveDependencies: only a new selection moves the active row, not a new order
  useEffect(() => {
    if (selection === own.current || current === undefined) return;
    const key = keyOfTensor(current);
    setActiveKey(key);
    anchorKey.current = key;
    sought.current = key;
    if (!positions.has(key)) uncover(current);
  }, [selection]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: looks again whenever other rows show
  useEffect(() => {
    const position = positionOf(sought.current);
    if (position < 0) return;
    sought.current = undefined;
    reveal(position, 'center');
  }, [selection, positions]);

  const select = (ids: readonly TensorId[], how: Parameters<StudioState['select']>[1]) => {
    sought.current = undefined;
    studio.getState().select(ids, how);
    own.current = studio.getState().selection;
  };
  /** @param target the row that the editor shows: its tensors come last */
  const idsAt = (chosen: readonly number[], target: number) => {
    const ids = new Set(chosen.flatMap((position) => toSelect(at(rows, position)).map(({ id }) => id)));
    const shown = toSelect(at(rows, target)).map(({ id }) => id);
    for (const id of shown) ids.delete(id);
    return [...ids, ...shown.toReversed()];
  };

  return {
    isSelected,
    active: positionOf(activeKey),
    chosen: () => {
      const active = rows[positionOf(activeKey)];
      if (!active) return [];
      return isSelected(active) ? owners : ownersAt(active);
    },
    choose: (position, how) => {
      const row = at(rows, position);
      setActiveKey(row.key);
      if (how === 'focus') return;
      if (how === 'extend') {
        const anchor = positionOf(anchorKey.current);
        select(idsAt(rangeTo(anchor < 0 ? position : anchor, position), position), 'only');
        return;
      }
      anchorKey.current = row.key;
      const ids = idsAt([position], position);
      if (how === 'only') select(ids, 'only');
      else if (!isSelected(row)) select([...selection.filter((id) => !ids.includes(id)), ...ids], 'only');
      else if (ids.length < selected.size)
        select(
          selection.filter((id) => !ids.includes(id)),
          'only',
        );
    },
    chooseAll: () => {
      if (rows.length === 0) return;
      const shown = rows.findIndex((row) => row.kind === 'layer' && row.row.owner.id === current);
      select(
        idsAt(
          rows.map((_, position) => position),
          Math.max(0, shown),
        ),
        'only',
      );
    },
  };
}
