import { Button, Loader } from '@mantine/core';
import { useEffect, useMemo, useState } from 'react';
import { at } from '../../lib/known';
import { formatCount, formatQuantity, formatValue } from '../../lib/numbers';
import type { Channels } from '../../pruning/channels';
import type { Layer } from '../../state/checkpointSlice';
import { shownLayer } from '../../state/reach';
import { studio, useCheckpoint, useStudio } from '../../state/store';
import { ownerOf } from '../../tensors/owners';
import { Legend, LegendEntry } from '../charts/Legend';
import { NumberField } from '../parts/fields/NumberField';
import { parseBetween } from '../parts/fields/typedNumber';
import { Later } from '../parts/later/Later';
import { later } from '../parts/later/laterPart';
import { startEvaluation } from '../parts/quality/start';
import classes from './ChannelsPanel.module.css';
import { alongOf, type OwnUnit, pinnedOf, pinnedReasons, rangesText, scoreWords, unitsOf } from './goesTogether';

const unitsChart = later(() => import('./UnitsChart').then(({ UnitsChart }) => UnitsChart));

/** What goes together with the outputs of the layer shown. */
export function ChannelsPanel() {
  const layer = useStudio(shownLayer);
  const layers = useCheckpoint((checkpoint) => checkpoint.layers);
  const channels = useStudio((state) => state.channels);
  const hasGraph = useStudio(({ evaluation }) => evaluation.graph !== null && evaluation.pairingConfirmed);
  const isFinding = useStudio((state) => state.findingChannels);
  const failed = useStudio(({ status }) => status.kind === 'error');
  // Asked again where the inputs are others: then its scores are, too.
  const source = useStudio(({ evaluation }) => evaluation.source);
  // biome-ignore lint/correctness/useExhaustiveDependencies: other inputs, other scores
  useEffect(() => {
    if (hasGraph) void studio.getState().findChannels();
  }, [hasGraph, source]);
  if (!layer) return null;
  if (channels) return <Units key={layer.id} layer={ownerOf(layer, layers)} layers={layers} channels={channels} />;
  if (isFinding || (hasGraph && !failed)) {
    return (
      <p className={classes.waiting}>
        <Loader size={16} aria-hidden /> Finding out which channels go together…
      </p>
    );
  }
  return (
    <div className={classes.waiting}>
      <p>Which channels go together is read off the model’s graph.</p>
      <Button size="compact-sm" onClick={startEvaluation}>
        Evaluate…
      </Button>
    </div>
  );
}

interface UnitsProps {
  readonly layer: Layer;
  readonly layers: readonly Layer[];
  readonly channels: Channels;
}

function Units({ layer, layers, channels }: UnitsProps) {
  const units = useMemo(() => unitsOf(layer.id, channels), [layer, channels]);
  const pinned = useMemo(() => pinnedOf(layer, channels), [layer, channels]);
  const [chosen, setChosen] = useState(0);
  const [pointed, setPointed] = useState<number | null>(null);
  const shown = units[pointed ?? chosen];
  const dead = units.filter(({ unit }) => unit.dead).length;
  return (
    <section className={classes.panel} aria-label="Channels that go together">
      {units.length > 0 && shown ? (
        <>
          <div className={classes.heading}>
            <NumberField
              label={`Unit, 0 to ${units.length - 1}`}
              text={String(chosen)}
              disabled={false}
              parse={(text) => parseBetween(text, { least: 0, most: units.length - 1 })}
              onCommit={setChosen}
            />
            <Legend>
              <LegendEntry swatch="kept">score: {scoreWords[channels.score]}</LegendEntry>
              {dead > 0 && <LegendEntry swatch="before">dead: {dead}</LegendEntry>}
            </Legend>
          </div>
          <div className={classes.chart}>
            <Later part={unitsChart} with={{ units, layers, chosen, onPoint: setPointed, onChoose: setChosen }} />
          </div>
          <Together own={shown} layers={layers} layer={layer} />
        </>
      ) : (
        <p className={classes.none}>
          {pinned.length > 0
            ? 'None of its outputs can go.'
            : 'The graph gives no channels by this tensor: nothing of it can go with others.'}
        </p>
      )}
      {pinned.length > 0 && (
        <ul className={classes.pinned} aria-label="Pinned">
          {pinned.map((each) => (
            <li key={each}>{each}</li>
          ))}
        </ul>
      )}
      {channels.groups.length === 0 && (
        <p className={classes.none}>Every channel of the model stays: {pinnedReasons(channels.pinned).join('; ')}.</p>
      )}
    </section>
  );
}

/** One unit: everything that its removal takes. */
function Together({ own, layers, layer }: { own: OwnUnit; layers: readonly Layer[]; layer: Layer }) {
  const { unit, group, outputs } = own;
  const along = useMemo(() => alongOf(unit, layers), [unit, layers]);
  const lower = group.units.filter(({ score }) => score < unit.score).length;
  return (
    <div className={classes.together}>
      <p>
        <b>
          {outputs.length === 1 ? 'Output' : 'Outputs'} {rangesText(outputs)}
        </b>{' '}
        of {layer.name} {outputs.length === 1 ? 'goes' : 'go'} with all of this, or{' '}
        {outputs.length === 1 ? 'stays' : 'stay'}.{' '}
        {unit.dead
          ? 'It is dead: the model gives the same without it.'
          : `Score ${formatValue(unit.score)}: ${lower} of ${formatQuantity(group.units.length, 'unit')} that compete with it matter less.`}{' '}
        Without it: {formatCount(unit.macs)} MACs and {formatCount(unit.parameters)} parameters fewer.
      </p>
      <ul aria-label="Goes together">
        {along.map(({ tensor, name, text }, i) => (
          // A unit may take of a tensor along several axes.
          // biome-ignore lint/suspicious/noArrayIndexKey: the list is made anew for another unit
          <li key={`${tensor} ${i}`}>
            <button type="button" onClick={() => studio.getState().select([at(layers, tensor).id], 'only')}>
              <bdi>{name}</bdi>
            </button>{' '}
            {text}
          </li>
        ))}
      </ul>
    </div>
  );
}
