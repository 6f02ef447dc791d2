import { ActionIcon, Button, Menu, SegmentedControl, TextInput } from '@mantine/core';
import { IconArrowsExchange, IconCircleCheck, IconDownload } from '@tabler/icons-react';
import { useMemo, useState } from 'react';
import { formatBytes, formatInteger } from '../../lib/numbers';
import { sentencesOn } from '../../reports/comparison/sentence';
import type { Compared } from '../../state/compareSlice';
import { download } from '../../state/download';
import { studio } from '../../state/store';
import { type ComparedTensor, type Comparison, swapped } from '../../tensors/comparison/comparison';
import { verdictOn } from '../../tensors/comparison/verdict';
import classes from './Compare.module.css';
import { CompareTable } from './CompareTable';
import { type Filter, filterOf, filters, type Sorting, shownTensors } from './columns';
import { PairPane } from './PairPane';

interface CompareProps {
  /** From the open checkpoint to the second. */
  readonly comparison: Comparison;
  readonly other: NonNullable<Compared['other']>;
}

/** A sentence on the two, their tensors, and the pair that is chosen. */
export function Compare({ comparison: found, other }: CompareProps) {
  // What has fewer zeros is shown as what was before.
  const [isSwapped, setSwapped] = useState(() => verdictOn(found).pruned.weights < verdictOn(found).regrown.weights);
  const comparison = useMemo(() => (isSwapped ? swapped(found) : found), [found, isSwapped]);
  const counts = useMemo(() => countsOf(comparison), [comparison]);
  const [filter, setFilter] = useState<Filter>('all');
  const [search, setSearch] = useState('');
  const [sorting, setSorting] = useState<Sorting>({ column: 'name', isDescending: false });
  const shown = useMemo(() => shownTensors(comparison, filter, search, sorting), [comparison, filter, search, sorting]);
  const [chosen, setChosen] = useState(() => keyOf(firstOf(comparison)));
  const pair = shown.find((tensor) => keyOf(tensor) === chosen) ?? shown[0];
  return (
    <div className={classes.compare}>
      <Claim comparison={comparison} />
      <div className={classes.tools}>
        <SegmentedControl<Filter>
          size="xs"
          aria-label="Show"
          value={filter}
          onChange={setFilter}
          data={filters.map((value) => ({
            value,
            label: `${value} ${formatInteger(counts.get(value) ?? 0)}`,
            disabled: value !== 'all' && !counts.has(value),
          }))}
        />
        <TextInput
          size="xs"
          type="search"
          aria-label="Part of a name"
          placeholder="Part of a name"
          value={search}
          onChange={({ currentTarget }) => setSearch(currentTarget.value)}
        />
        <span className={classes.direction}>
          <bdi>{comparison.before}</bdi> →{' '}
          <ActionIcon
            aria-label="Swap before and after"
            title="Swap before and after"
            onClick={() => setSwapped(!isSwapped)}
          >
            <IconArrowsExchange size={16} stroke={1.7} aria-hidden />
          </ActionIcon>{' '}
          <bdi>{comparison.after}</bdi>
        </span>
        <Files comparison={comparison} />
        <Button size="xs" onClick={end} title={`${other.format}, ${formatBytes(other.size)}`}>
          Compare with another…
        </Button>
      </div>
      <div className={classes.panes}>
        <CompareTable
          comparison={comparison}
          tensors={shown}
          chosen={pair}
          onChoose={(tensor) => setChosen(keyOf(tensor))}
          sorting={sorting}
          setSorting={setSorting}
        />
        {pair && <PairPane key={keyOf(pair)} pair={pair} comparison={comparison} isSwapped={isSwapped} />}
      </div>
    </div>
  );
}

const end = () => studio.getState().endComparing();

/** The same pair from either side. */
function keyOf(tensor: ComparedTensor | undefined): string {
  return [tensor?.name, tensor?.otherName]
    .filter((name) => name !== undefined)
    .sort()
    .join('\n');
}

/** What changed is looked for first. */
function firstOf({ tensors }: Comparison): ComparedTensor | undefined {
  return tensors.find(({ state, difference }) => state === 'changed' && difference) ?? tensors[0];
}

function countsOf({ tensors }: Comparison): ReadonlyMap<Filter, number> {
  const counts = new Map<Filter, number>([['all', tensors.length]]);
  for (const tensor of tensors) counts.set(filterOf(tensor), (counts.get(filterOf(tensor)) ?? 0) + 1);
  return counts;
}

function Claim({ comparison }: { readonly comparison: Comparison }) {
  const { claim, more, isProof } = useMemo(() => sentencesOn(comparison), [comparison]);
  return (
    <div className={classes.claim} role="status" aria-label="Result" data-proof={isProof}>
      {isProof && <IconCircleCheck size={20} stroke={1.8} aria-hidden />}
      <div>
        <p>
          <strong>{claim}</strong>
        </p>
        {more.length > 0 && <p>{more.join(' ')}</p>}
      </div>
    </div>
  );
}

const kinds = [
  { extension: '.csv', label: 'CSV', type: 'text/csv' },
  { extension: '.json', label: 'JSON', type: 'application/json' },
  { extension: '.html', label: 'HTML', type: 'text/html' },
] as const;

function Files({ comparison }: { readonly comparison: Comparison }) {
  const save = async ({ extension, type }: (typeof kinds)[number]) => {
    const { comparisonCsv, comparisonHtml, comparisonJson } = await import('../../reports/comparison/files');
    const text = { '.csv': comparisonCsv, '.json': comparisonJson, '.html': comparisonHtml }[extension](comparison);
    download(new Blob([text], { type }), `${comparison.before} - ${comparison.after}${extension}`);
  };
  return (
    <Menu withinPortal={false} position="bottom-end">
      <Menu.Target>
        <Button size="xs" leftSection={<IconDownload size={15} stroke={1.7} aria-hidden />}>
          Download
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {kinds.map((kind) => (
          <Menu.Item key={kind.label} onClick={() => void save(kind)}>
            {kind.label}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
