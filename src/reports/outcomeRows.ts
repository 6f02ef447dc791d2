/** What a recipe makes of each tensor: the rows that every report shows. */
import { at } from '../lib/known';
import { formatPercent } from '../lib/numbers';
import type { Recipe } from '../pruning/recipe';
import type { Repair, RepairedTensor } from '../pruning/repair';
import { noRule, type Outcome } from '../pruning/resolution';
import type { Axes } from '../tensors/axes';
import type { Capabilities } from '../tensors/capabilities';
import { bitsOf, type Dtype, storedLabel } from '../tensors/dtype';
import { inNetworkOrder, type Ordered } from '../tensors/layerOrder';
import type { TensorStatistics } from '../tensors/statistics';
import type { LayerKind, StoredAs, TensorId } from '../tensors/tensor';
import { describeMask } from './describe';

/** A tensor of the checkpoint, as the engine's Layer. */
export interface ReportedLayer {
  readonly id: TensorId;
  readonly name: string;
  readonly container: string;
  readonly kind: LayerKind;
  readonly dtype: Dtype;
  readonly stored?: StoredAs;
  readonly shape: readonly number[];
  readonly numel: number;
  /** Where known. */
  readonly axes?: Axes;
  /** Another tensor holds these weights: they are counted there. */
  readonly sameAs?: TensorId;
  /** The tensors that own weights of this one, which changes with them. */
  readonly sharesWith?: readonly TensorId[];
  /** Absent: not measured. */
  readonly statistics?: TensorStatistics;
}

export interface ReportSource extends Ordered {
  readonly fileName: string;
  readonly format: string;
  /** Of the file, in bytes: the pruned file is as large. */
  readonly size: number;
  /** What the pruned file is called. */
  readonly prunedName: string;
  readonly can: Capabilities;
  readonly layers: readonly ReportedLayer[];
  readonly recipe: Recipe;
  /** Exact; with `repair` as it leaves them. */
  readonly outcomes: ReadonlyMap<TensorId, Outcome>;
  /** Where the weights that stay were repaired. */
  readonly repair?: Repair | undefined;
  /** Multiplications of one inference by tensor, where a graph is open. */
  readonly macs?: ReadonlyMap<TensorId, number> | undefined;
}

export interface OutcomeRow {
  readonly name: string;
  readonly container: string;
  readonly kind: LayerKind;
  /** As PyTorch users write it. */
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly weights: number;
  readonly bytes: number;
  /** The tensor whose weights these are. */
  readonly sameAs?: string;
  /** Where others own weights of it, those that are pruned: it changes with them. */
  readonly changesWith?: readonly string[];
  /** Absent where nothing was measured. */
  readonly zerosBefore?: number;
  readonly zerosAfter?: number;
  /** Whether some rule decides for it. */
  readonly isIn: boolean;
  /** The masks in words, in the order in which they apply. */
  readonly masks: readonly string[];
  /** Where the last mask is one, or one of channels whose scores are ranked. */
  readonly threshold?: number;
  /** Where its weights were repaired. */
  readonly repaired?: RepairedRow;
}

/** What a tensor was to the repair, and how far its layer's output was off, pruned and repaired: relative L2. */
export type RepairedRow = Pick<RepairedTensor, 'role' | 'before' | 'after'>;

export interface Totals {
  /** Of the tensors that some rule decides for. */
  readonly weights: number;
  readonly zerosBefore: number;
  readonly zerosAfter: number;
  /** Of all measured tensors. */
  readonly measured: { readonly weights: number; readonly zerosBefore: number; readonly zerosAfter: number };
}

/** In network order, where there is one. */
export function outcomeRows(source: ReportSource): OutcomeRow[] {
  const { layers, outcomes } = source;
  const isPruned = (id: TensorId) => (outcomes.get(id)?.pruned ?? 0) > 0;
  const repaired = new Map(source.repair?.tensors.map((each) => [each.tensor, each]));
  return inNetworkOrder(layers, source, ({ id }) => id).map((layer) => {
    const { id, name, container, kind, dtype, stored, shape, numel, sameAs, sharesWith, statistics } = layer;
    const outcome = outcomes.get(id);
    const masks = (outcome?.program ?? []).filter((mask) => mask.kind !== 'values');
    const mask = masks.at(-1);
    // Of channels, where those that it gives are ranked.
    const placed = mask?.kind === 'slices' ? outcome?.placement : mask;
    const threshold = placed?.kind === 'threshold' ? placed.threshold : undefined;
    const repair = repaired.get(id);
    return {
      name,
      container,
      kind,
      dtype: storedLabel(layer),
      shape,
      weights: numel,
      bytes: stored?.bytes ?? (numel * bitsOf(dtype)) / 8,
      ...(sameAs === undefined ? {} : { sameAs: at(layers, sameAs).name }),
      ...(sharesWith && { changesWith: sharesWith.filter(isPruned).map((owner) => at(layers, owner).name) }),
      ...(statistics && { zerosBefore: statistics.zeros, zerosAfter: outcome?.zeros ?? statistics.zeros }),
      isIn: outcome !== undefined && outcome.rule !== noRule,
      masks: masks.map(describeMask),
      ...(threshold !== undefined && { threshold }),
      ...(repair && { repaired: aboutRepair(repair) }),
    };
  });
}

function aboutRepair({ role, before, after }: RepairedTensor): RepairedRow {
  return { role, ...(before !== undefined && { before }), ...(after !== undefined && { after }) };
}

/** What was repaired, and of whose output how much was off before and after; undefined of a tensor that was not. */
export function repairInWords({ repaired }: OutcomeRow): string | undefined {
  if (!repaired) return undefined;
  const { role, before, after } = repaired;
  const what = { pruned: 'repaired', reader: 'repaired as a reader of what changed', bias: 'repaired bias' }[role];
  if (before === undefined || after === undefined) return what;
  return `${what}: its layer's output was off by ${formatPercent(before)}, and is by ${formatPercent(after)}`;
}

export function totalsOf(rows: readonly OutcomeRow[]): Totals {
  const sums = (counted: readonly OutcomeRow[]) => {
    let [weights, zerosBefore, zerosAfter] = [0, 0, 0];
    for (const row of counted) {
      weights += row.weights;
      zerosBefore += row.zerosBefore ?? 0;
      zerosAfter += row.zerosAfter ?? 0;
    }
    return { weights, zerosBefore, zerosAfter };
  };
  return {
    ...sums(rows.filter(({ isIn }) => isIn)),
    measured: sums(rows.filter(({ zerosBefore }) => zerosBefore !== undefined)),
  };
}

/** zeros / weights, 0 of nothing. */
export function sparsityOf(zeros: number, weights: number): number {
  return weights === 0 ? 0 : zeros / weights;
}
