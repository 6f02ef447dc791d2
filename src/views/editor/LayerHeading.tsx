import { Button } from '@mantine/core';
import { formatCount, formatInteger, formatShape, formatValue } from '../../lib/numbers';
import { isDecided } from '../../pruning/resolution';
import { followersIn } from '../../pruning/twins';
import type { Layer } from '../../state/checkpointSlice';
import { canLock } from '../../state/locks';
import { studio, useStudio } from '../../state/store';
import { storedLabel } from '../../tensors/dtype';
import { ownerOf } from '../../tensors/owners';
import type { TensorStatistics } from '../../tensors/statistics';
import { Macs } from '../parts/quality/Macs';
import { useMacs } from '../parts/quality/useMacs';
import { axesText, kindText, reasonText } from '../parts/words/layerWords';
import { CopyName } from './CopyName';
import classes from './LayerHeading.module.css';
import { Locks } from './Locks';
import { OverruleMenu } from './overrule/OverruleMenu';
import { ScopeSwitch } from './ScopeSwitch';

/** What the shown layer is, its statistics, and why it is not pruned where it is not. */
export function LayerHeading({ layer, layers }: { readonly layer: Layer; readonly layers: readonly Layer[] }) {
  const { statistics } = layer;
  const owner = ownerOf(layer, layers);
  return (
    <header className={classes.heading}>
      <div className={classes.line}>
        <div className={classes.named}>
          <h2 className={classes.name} title={layer.name}>
            <bdi dir="ltr">{layer.name}</bdi>
          </h2>
          <CopyName name={layer.name} />
        </div>
        <ScopeSwitch />
      </div>
      <div className={classes.facts}>
        <span className={classes.chip}>
          <bdi>{kindText(layer)}</bdi>
        </span>
        <span className={classes.chip}>
          {formatShape(layer.shape)} · <span title={formatInteger(layer.numel)}>{formatCount(layer.numel)}</span> ·{' '}
          {storedLabel(layer)}
        </span>
        <MacsFact layer={owner} />
        {statistics && <Statistics statistics={statistics} />}
      </div>
      <Meaning layer={layer} layers={layers} />
      <OffReason layer={layer} layers={layers} />
      <MaskOfOther layer={owner} />
    </header>
  );
}

/** What the layer multiplies, where the graph is open. */
function MacsFact({ layer }: { readonly layer: Layer }) {
  const isKnown = useMacs()?.has(layer.id) === true;
  if (!isKnown) return null;
  return (
    <span className={classes.chip}>
      MACs <Macs of={[layer]} />
    </span>
  );
}

/** Which dimensions count outputs and inputs, and the way to say otherwise. */
function Meaning({ layer, layers }: { readonly layer: Layer; readonly layers: readonly Layer[] }) {
  const owner = ownerOf(layer, layers);
  return (
    <div className={classes.axes}>
      {axesText(layer)}
      <OverruleMenu layer={owner} layers={layers} />
      {canLock(owner) && <Locks meant={[owner]} layers={layers} isSingle />}
    </div>
  );
}

function Statistics({
  statistics: { mean, std, min, max, zeros, nan, inf },
}: {
  readonly statistics: TensorStatistics;
}) {
  return (
    <dl className={classes.statistics}>
      <Statistic name="mean" value={valueText(mean)} />
      <Statistic name="std" value={valueText(std)} />
      <Statistic name="max |w|" value={valueText(Math.max(Math.abs(min), Math.abs(max)))} />
      <Statistic name="zeros" value={formatInteger(zeros)} />
      {nan > 0 && <Statistic name="NaN" value={formatInteger(nan)} bad />}
      {inf > 0 && <Statistic name="Inf" value={formatInteger(inf)} bad />}
    </dl>
  );
}

function Statistic(props: { readonly name: string; readonly value: string; readonly bad?: boolean }) {
  return (
    <div data-bad={props.bad}>
      <dt>{props.name}</dt>
      <dd>{props.value}</dd>
    </div>
  );
}

/** Of a tensor without finite values there is nothing to say. */
function valueText(value: number): string {
  return Number.isNaN(value) ? '–' : formatValue(value);
}

/** Of a copy of a model that takes the masks of its original. */
function MaskOfOther({ layer }: { readonly layer: Layer }) {
  const original = useStudio((state) => followersIn(state.recipe, state.candidates).originals.get(layer.id)?.name);
  if (original === undefined) return null;
  return (
    <p className={classes.note}>
      <span>
        Takes the mask of <bdi>{original}</bdi>, whose weights have the handle: an edit here is an edit there.
      </span>
    </p>
  );
}

function OffReason({ layer, layers }: { readonly layer: Layer; readonly layers: readonly Layer[] }) {
  const owner = ownerOf(layer, layers);
  const isIn = useStudio((state) => isDecided(state.settled.outcomes, owner.id));
  if (isIn && owner === layer) return null;
  return (
    <p className={classes.reason}>
      <span>
        {reasonText(layer) ?? 'Switched out of pruning'}
        {owner !== layer && isIn && '. An edit here is an edit there.'}
      </span>
      {owner.prunable && !owner.locked && !isIn && (
        <Button size="compact-xs" onClick={() => studio.getState().setIncluded([owner.id], true)}>
          Prune this layer
        </Button>
      )}
    </p>
  );
}
