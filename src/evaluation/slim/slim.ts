/** The smaller model: which units go, repaired where that is wanted, sliced, held against zeros, measured. */
import { type ConstantUnits, rewrittenConstants, withConstants } from '../../graph/slim/constants';
import { costsOf, whole } from '../../graph/slim/costs';
import { keptWithout, noRounding, planOf, rounded, type SlimPlan } from '../../graph/slim/plan';
import { assertFits, formatPlan, parsePlan } from '../../graph/slim/planFile';
import type { Unit } from '../../graph/slim/units';
import type { Kept, Walk } from '../../graph/slim/walk';
import { throwIfCancelled } from '../../lib/errors';
import { at } from '../../lib/known';
import { type Channels, withoutUnits } from '../../pruning/channels';
import { type Repair, repairedOutcomes } from '../../pruning/repair';
import type { Evaluator } from '../evaluator';
import type { Dataset } from '../inputs/dataset';
import type { Outcomes } from '../protocol';
import type { CalibrationSet } from '../repair/calibration';
import { type KeepRepair, repairModel } from '../repair/repair';
import type { EvaluationContext, Runnable } from '../running';
import type { ScoredUnits } from './analysedUnits';
import type { Analysis } from './analysis';
import { batchesToCheck, checked, isSame } from './check';
import type { OneSample } from './inputShapes';
import type { LayerWidth, RefusedSlim, SlimCosts, SlimReport, SlimRequest } from './protocol';
import { planned, readBeside, withSession } from './running';
import { nothingGoes, unitsForTarget } from './target';
import { timedInTurns } from './timing';
import { unitsOfPlan } from './unitsOfPlan';

export interface SlimParts {
  readonly runnable: Runnable;
  readonly analysis: Analysis;
  /** Of the written model, as the outcomes leave it. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Dead are those that are constant, too. */
  readonly scored: ScoredUnits;
  readonly constants: ConstantUnits;
  /** Of the checkpoint: what is repaired is told by its tensors. */
  readonly channels: Channels;
  readonly one: OneSample;
  /** That damage is measured on, and the smaller model is held against the other. */
  readonly dataset: Dataset;
  /** Absent where there are no inputs to measure quality on. */
  readonly judged?: { readonly evaluator: Evaluator; readonly dataset: Dataset } | undefined;
  readonly calibration?: CalibrationSet | undefined;
  readonly keep: KeepRepair;
}

export interface Slimmed {
  readonly report: SlimReport;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** @throws CheckpointError `cancelled`, `evaluation-failed`, `invalid-recipe` for a plan of another graph; whatever the engine threw */
export async function slim(
  parts: SlimParts,
  request: SlimRequest,
  context: EvaluationContext,
): Promise<Slimmed | RefusedSlim> {
  const { runnable, analysis, scored, dataset, judged, one } = parts;
  const { signal } = context;
  const say = (what: string) => {
    throwIfCancelled(signal);
    context.progress({ stage: 'slimming', done: 0, total: 1, what });
  };
  say('choosing channels');
  const chosen = await chosenBy(parts, request, context);
  if (typeof chosen === 'string') return { refused: chosen };
  const { units } = chosen;
  const remarks: string[] = [];
  const repaired = await repairedAfter(parts, request, units, remarks, context);
  const bytes = repaired?.bytes ?? parts.bytes;
  say('making the smaller model');
  const { model, walk } = analysis;
  const weightsOf = async (name: string) => model.numbersOf(bytes, name) ?? [];
  const plan = withConstants(chosen.plan, await rewrittenConstants(walk, units, parts.constants, weightsOf));
  const smallerBytes = await planned(model, bytes, plan);
  const smaller = await readBeside(runnable, smallerBytes);
  say('comparing it with zeros in the place of what goes');
  // What is dead goes without any change: the model itself is what the smaller one has to be.
  const zeroedBytes = request.goal.kind === 'dead' ? bytes : await planned(model, bytes, plan, true);
  const zeroed = await readBeside(runnable, zeroedBytes);
  const check = await checked(runnable, zeroed, smaller, batchesToCheck(runnable, dataset), signal);
  if (!isSame(check)) return { refused: mismatch(check.difference) };
  say('measuring quality');
  const quality = judged && {
    before: judged.evaluator.baseline,
    ...(hasMasks(request.outcomes) && { masked: await judged.evaluator.evaluate(request.outcomes, quiet(context)) }),
    after: await withSession(runnable, smaller, (session) => judged.evaluator.evaluateOther(session, quiet(context))),
  };
  say('measuring times');
  const timed = await withSession(runnable, runnable.graph, (first) =>
    withSession(runnable, smaller, (second) => timedInTurns([first, second], one.feeds, signal)),
  );
  if (timed.faster < surely) remarks.push(unsure);
  const kept = keptWithout(walk, units);
  const report: SlimReport = {
    id: request.id,
    before: costsBefore(analysis),
    after: costsAfter(analysis, kept, smallerBytes.length),
    widths: widthsOf(walk, kept),
    units: units.length,
    dead: units.filter((unit) => scored.dead.has(unit)).length,
    slots: units.map(({ slot }) => slot),
    ...(quality && { quality }),
    time: { ...timed, threads: runnable.runtime.runtime.threads, samples: one.samples },
    difference: check.difference,
    ...(repaired && { repaired: repaired.repair }),
    remarks,
    plan: formatPlan(plan),
  };
  return { report, bytes: smallerBytes };
}

/** Of the rounds; by chance it would be half of them. */
const surely = 0.8;
const unsure =
  'The smaller model is not surely faster here: the two took turns, and it was done sooner in fewer than four rounds of five.';

function mismatch(difference: number): string {
  const by = Number.isFinite(difference)
    ? `by ${(100 * difference).toPrecision(2)} % of the largest output`
    : 'altogether';
  return `The smaller model is withheld: what it computes differs ${by} from the model with zeros in the place of what went.`;
}

function quiet(context: EvaluationContext): EvaluationContext {
  return { ...context, progress: () => {} };
}

/** Rules that take nothing yet have outcomes, too; of channels that went it is not counted what they take. */
function hasMasks(outcomes: Outcomes): boolean {
  return [...outcomes.values()].some(({ pruned, exact }) => pruned > 0 || !exact);
}

/** What goes and the plan of that, or a sentence that says why nothing does. */
async function chosenBy(
  parts: SlimParts,
  { goal }: SlimRequest,
  context: EvaluationContext,
): Promise<{ readonly units: readonly Unit[]; readonly plan: SlimPlan } | string> {
  const { analysis, scored } = parts;
  const { walk, contents, units: all } = analysis;
  if (goal.kind === 'plan') {
    const plan = parsePlan(goal.plan);
    assertFits(plan, contents.graph);
    const units = unitsOfPlan(walk, all.units, plan);
    // Constants are of the weights that the plan was made with.
    return { units, plan: plan.constants ? planOf(walk, units) : plan };
  }
  const { dead } = scored;
  const wanted = new Set(goal.kind === 'units' ? goal.slots : []);
  const units =
    goal.kind === 'target'
      ? await unitsForTarget({ ...parts, before: costsBefore(analysis), feeds: parts.one.feeds }, goal, context)
      : rounded(
          walk,
          all.units,
          all.units.filter((unit) => dead.has(unit) || wanted.has(unit.slot)),
          noRounding,
        );
  if (typeof units === 'string') return units;
  if (units.length > 0) return { units, plan: planOf(walk, units) };
  if (goal.kind === 'dead') {
    if (all.units.length === 0) return nothingGoes(analysis);
    return 'No channel is dead: of each, some weights that give it and some that read it are other than zero.';
  }
  return goal.kind === 'units' ? 'No channels were chosen.' : 'Nothing has to go: so much may remain.';
}

interface Repaired {
  readonly repair: Repair;
  /** Of the written model. */
  readonly bytes: Uint8Array<ArrayBuffer>;
}

async function repairedAfter(
  { runnable, analysis, channels, judged, calibration, keep }: SlimParts,
  { outcomes, repair, goal, id }: SlimRequest,
  units: readonly Unit[],
  remarks: string[],
  context: EvaluationContext,
): Promise<Repaired | undefined> {
  if (!repair || goal.kind === 'dead') return undefined;
  if (!calibration || !judged) {
    remarks.push('Nothing was repaired: there are no calibration inputs.');
    return undefined;
  }
  const gone = withoutUnits(
    outcomes,
    channels,
    units.map(({ slot }) => slot),
  );
  const progress: EvaluationContext['progress'] = ({ done, total, layer }) =>
    context.progress({ stage: 'slimming', done, total, what: layer ? `fitting ${layer}` : 'fitting weights' });
  const repaired = await repairModel(
    { runnable, calibration, judged: judged.dataset, keep },
    { outcomes: gone, settings: repair, id, of: '' },
    { ...context, progress },
  );
  if ('refused' in repaired) {
    remarks.push(`Nothing was repaired. ${repaired.refused}`);
    return undefined;
  }
  const after: Outcomes = repairedOutcomes(gone, repaired);
  return { repair: repaired, bytes: await analysis.model.masked(after, context.signal) };
}

export function costsBefore({ model, walk, samples, isParameter }: Analysis): SlimCosts {
  const { macs, parameters } = costsOf(walk, whole, isParameter);
  return { macs: macs / samples, parameters, bytes: model.fileBytes };
}

function costsAfter({ walk, samples, isParameter }: Analysis, kept: Kept, bytes: number): SlimCosts {
  const { macs, parameters } = costsOf(walk, kept, isParameter);
  return { macs: macs / samples, parameters, bytes };
}

/** Layers that give channels. */
function widthsOf({ weights, contents }: Walk, kept: Kept): LayerWidth[] {
  const widths = weights.flatMap(({ name, axes, roles, uses }): LayerWidth[] => {
    const slots = axes.find((each) => each && roles.get(each) === 'produces');
    const node = uses[0]?.node;
    if (!slots || node === undefined) return [];
    const operator = at(contents.graph.nodes, node).opType;
    return [{ name, node, operator, before: slots.length, after: kept.count(slots) }];
  });
  return widths.sort((a, b) => a.node - b.node);
}
