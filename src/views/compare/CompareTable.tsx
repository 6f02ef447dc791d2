import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, useEffect, useRef } from 'react';
import { at } from '../../lib/known';
import type { ComparedTensor, Comparison } from '../../tensors/comparison/comparison';
import classes from './Compare.module.css';
import { aboutTensor, columns, type Sorting } from './columns';

interface CompareTableProps {
  readonly comparison: Comparison;
  readonly tensors: readonly ComparedTensor[];
  readonly chosen: ComparedTensor | undefined;
  onChoose(tensor: ComparedTensor): void;
  readonly sorting: Sorting;
  setSorting(sorting: Sorting): void;
}

/** In pixels, as the style sheet has them. */
const rowHeight = 46;
const headerHeight = 32;

/** Pairs, of which one is chosen: by a click, or by arrows in the table. */
export function CompareTable({ comparison, tensors, chosen, onChoose, sorting, setSorting }: CompareTableProps) {
  const viewport = useRef<HTMLDivElement>(null);
  const virtualizer = useVirtualizer({
    count: tensors.length,
    getScrollElement: () => viewport.current,
    estimateSize: () => rowHeight,
    overscan: 10,
    scrollMargin: headerHeight,
    scrollPaddingStart: headerHeight,
  });
  const place = chosen ? tensors.indexOf(chosen) : -1;
  // biome-ignore lint/correctness/useExhaustiveDependencies: it is brought into sight as another is chosen
  useEffect(() => {
    if (place >= 0) virtualizer.scrollToIndex(place);
  }, [place]);

  // Arrows choose at once.
  useEffect(() => viewport.current?.focus({ preventScroll: true }), []);

  const press = (event: KeyboardEvent) => {
    const page = Math.max(1, Math.floor((viewport.current?.clientHeight ?? 0) / rowHeight) - 1);
    const steps: Readonly<Record<string, number>> = {
      ArrowDown: 1,
      ArrowUp: -1,
      PageDown: page,
      PageUp: -page,
      Home: -tensors.length,
      End: tensors.length,
    };
    const step = steps[event.key];
    if (step === undefined || tensors.length === 0) return;
    event.preventDefault();
    onChoose(at(tensors, Math.min(tensors.length - 1, Math.max(0, place + step))));
  };

  const items = virtualizer.getVirtualItems();
  const above = (items[0]?.index ?? 0) * rowHeight;
  const below = tensors.length * rowHeight - above - items.length * rowHeight;
  const sort = (column: string) =>
    setSorting({ column, isDescending: sorting.column === column ? !sorting.isDescending : column !== 'name' });
  return (
    // biome-ignore lint/a11y/useSemanticElements: rows that keys choose, not fields
    <div
      ref={viewport}
      className={classes.viewport}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: arrows choose a row
      tabIndex={0}
      role="group"
      aria-label="Pairs of tensors: arrows choose one"
      onKeyDown={press}
    >
      <table className={classes.table} aria-label="Compared tensors" aria-rowcount={tensors.length + 1}>
        <thead>
          <tr>
            {columns.map(({ id, title, about, isNumber }) => (
              <th
                key={id}
                scope="col"
                data-number={isNumber || undefined}
                aria-sort={sorting.column === id ? (sorting.isDescending ? 'descending' : 'ascending') : 'none'}
              >
                <button type="button" title={about} onClick={() => sort(id)}>
                  {title}
                </button>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          <Spacer height={above} />
          {items.map(({ index, key }) => {
            const tensor = at(tensors, index);
            return (
              <tr
                key={key}
                aria-rowindex={index + 2}
                aria-current={tensor === chosen}
                data-state={tensor.state}
                onClick={() => onChoose(tensor)}
              >
                <th scope="row">
                  <Name tensor={tensor} />
                </th>
                {columns.slice(1).map(({ id, isNumber, text }) => (
                  <td key={id} data-number={isNumber || undefined} data-column={id}>
                    {text(tensor, comparison)}
                  </td>
                ))}
              </tr>
            );
          })}
          <Spacer height={below} />
        </tbody>
      </table>
      {tensors.length === 0 && <p className={classes.none}>No tensor is like that.</p>}
    </div>
  );
}

function Name({ tensor }: { readonly tensor: ComparedTensor }) {
  const { name, otherName } = tensor;
  return (
    <>
      <bdi title={name}>{name}</bdi>
      <small title={otherName}>
        {otherName !== undefined && `→ ${otherName} · `}
        {aboutTensor(tensor)}
      </small>
    </>
  );
}

/** Stands for the rows that are not drawn. */
function Spacer({ height }: { readonly height: number }) {
  // biome-ignore lint/a11y/noAriaHiddenOnFocusable: this row takes no focus
  return height > 0 ? <tr aria-hidden="true" style={{ height }} /> : null;
}
