/** What a person should know before exporting. */
import { at } from '../lib/known';
import { formatInteger } from '../lib/numbers';
import { type LayerKind, numelOf, type TensorId } from '../tensors/tensor';
import { type Candidate, isDecided, noRule, type Outcome, type Resolution } from './resolution';

export interface Warning {
  readonly code:
    | 'layer-emptied'
    | 'layer-silent'
    | 'layer-nearly-emptied'
    | 'delicate-pruned'
    | 'router-pruned'
    | 'fixed-pruned'
    | 'pattern-tail'
    | 'non-finite'
    | 'unknown-off'
    | 'nothing-pruned';
  /** `danger`: the model will not work. */
  readonly severity: 'danger' | 'warning' | 'info';
  /** One sentence that names the layers. */
  readonly text: string;
  readonly tensors: readonly TensorId[];
}

/** A layer that keeps less than this share of its weights rarely still carries what the next one needs. */
const nearlyEmpty = 0.05;

/** Kinds whose zeros break a model rather than thin it out. */
const delicate: ReadonlySet<LayerKind> = new Set(['norm', 'bias', 'prelu', 'buffer']);

/** Names spelled out in one sentence. */
const namesShown = 3;

/**
 * One warning for each code that applies, worst first.
 * @param onlyWays tensors that nothing leads around
 */
export function warningsFor(
  candidates: readonly Candidate[],
  { outcomes }: Resolution,
  onlyWays: ReadonlySet<TensorId>,
): Warning[] {
  const decided = candidates.flatMap((candidate) => {
    const outcome = outcomes.get(candidate.id);
    return outcome ? [{ candidate, outcome }] : [];
  });
  const losing = decided.filter(({ candidate, outcome }) => outcome.zeros > candidate.statistics.zeros);
  const kept = ({ candidate, outcome }: { candidate: Candidate; outcome: Outcome }) =>
    1 - outcome.zeros / candidate.statistics.count;
  // What goes along with channels loses no more than these.
  const own = losing.filter(({ outcome }) => outcome.rule !== noRule);
  const emptied = own.filter((each) => kept(each) === 0);
  const nearly = own.filter((each) => kept(each) > 0 && kept(each) < nearlyEmpty);
  const sensitive = own.filter(({ candidate }) => delicate.has(candidate.kind));
  const notFinite = candidates.filter(({ statistics }) => statistics.nan + statistics.inf > 0);

  const warnings: Warning[] = [];
  const warn = (
    code: Warning['code'],
    severity: Warning['severity'],
    about: readonly Candidate[],
    text: (names: string) => string,
  ) => {
    if (about.length > 0) {
      warnings.push({ code, severity, text: text(namesOf(about)), tensors: about.map(({ id }) => id) });
    }
  };
  const layers = (group: typeof decided) => group.map(({ candidate }) => candidate);
  const isOnlyWay = ({ id }: Candidate) => onlyWays.has(id);
  warn(
    'layer-emptied',
    'danger',
    layers(emptied).filter(isOnlyWay),
    (names) => `Nothing is left of ${names}: the model computes nothing.`,
  );
  const silent = layers(emptied).filter((candidate) => !isOnlyWay(candidate));
  warn('layer-silent', 'warning', silent, (names) => {
    const gives = silent.length === 1 ? 'it gives' : 'they give';
    return `Nothing is left of ${names}: ${gives} nothing but zeros, or a bias.`;
  });
  warn('layer-nearly-emptied', 'warning', layers(nearly), (names) => `Less than 5 % is left of ${names}.`);
  warn(
    'delicate-pruned',
    'warning',
    layers(sensitive),
    (names) => `Normalisation, bias or buffer values are pruned: ${names}. Models rarely survive that.`,
  );
  warn(
    'router-pruned',
    'warning',
    layers(losing.filter(({ candidate }) => candidate.kind === 'router')),
    (names) => `${names} sends tokens to experts: without some of its weights they go to others.`,
  );
  warn(
    'fixed-pruned',
    'warning',
    layers(losing.filter(({ candidate }) => isRamp(candidate))),
    (names) => `${names} holds 0, 1, 2, … and was never trained: zeros in it change what the model computes.`,
  );
  warn(
    'pattern-tail',
    'warning',
    layers(decided.filter(hasTail)),
    (names) => `The n:m pattern does not divide the inputs of ${names}: what is left over stays dense.`,
  );
  warn('non-finite', 'warning', notFinite, (names) => `NaN or infinite weights, which are never pruned: ${names}.`);
  const unknown = unknownOff(candidates, outcomes);
  warn('unknown-off', 'warning', unknown.tensors, (names) => {
    const share = `${formatInteger(unknown.weights)} of ${formatInteger(unknown.all)} weights`;
    return `Nothing in the file tells what ${names} ${unknown.tensors.length === 1 ? 'is' : 'are'} used for, so ${unknown.tensors.length === 1 ? 'it is' : 'they are'} off: ${share}.`;
  });
  if (losing.length === 0) {
    // Zeros alone may go as well: those with a sign lose it.
    const isOriginal = decided.every(({ outcome }) => outcome.pruned === 0);
    warnings.push({
      code: 'nothing-pruned',
      severity: 'info',
      text: isOriginal
        ? 'Nothing is pruned yet: the export is the original, byte for byte.'
        : 'Only zeros are pruned: no weight changes its value.',
      tensors: [],
    });
  }
  return warnings;
}

/** Of large matrices that are off because nothing tells their use: more than this share of all weights. */
const considerable = 0.1;

/** Tensors of unknown use that are off, where they are a good part of the model or larger than a matrix that is in. */
function unknownOff(candidates: readonly Candidate[], outcomes: Resolution['outcomes']) {
  const all = numelOfAll(candidates);
  const tensors = candidates.filter(
    ({ kind, id, locked }) => kind === 'unknown' && !locked && !isDecided(outcomes, id),
  );
  const weights = numelOfAll(tensors);
  let smallest = Number.POSITIVE_INFINITY;
  for (const { id, shape } of candidates) {
    if (shape.length > 1 && isDecided(outcomes, id)) smallest = Math.min(smallest, numelOf(shape));
  }
  const isMuch = weights >= considerable * all || tensors.some(({ shape }) => numelOf(shape) > smallest);
  return { all, weights, tensors: isMuch ? tensors : [] };
}

function numelOfAll(candidates: readonly Candidate[]): number {
  return candidates.reduce((sum, { shape }) => sum + numelOf(shape), 0);
}

/** Whether its weights are 0, 1, 2, …: YOLO's distribution focal loss takes an expectation with such a convolution. */
function isRamp({ statistics: { count, zeros, nan, inf, min, max, mean, std } }: Candidate): boolean {
  if (count < 4 || nan + inf > 0 || zeros !== 1 || min !== 0 || max !== count - 1) return false;
  const expected = Math.sqrt((count * (count + 1)) / 12);
  return mean === (count - 1) / 2 && Math.abs(std - expected) <= 1e-6 * expected;
}

/** Whether a pattern leaves over some of its axis. */
function hasTail({ candidate: { shape }, outcome }: { candidate: Candidate; outcome: Outcome }): boolean {
  return outcome.program.some((mask) => mask.kind === 'pattern' && at(shape, mask.axis) % mask.m !== 0);
}

function namesOf(candidates: readonly Candidate[]): string {
  const shown = candidates.slice(0, namesShown).map(({ name }) => name);
  const more = candidates.length - shown.length;
  return more > 0 ? `${shown.join(', ')} and ${more} more` : shown.join(', ');
}
