/** What a person should know before exporting. */
import type { LayerKind, TensorId } from '../tensors/tensor';
import type { Candidate, Outcome, Resolution } from './resolution';

export interface Warning {
  readonly code:
    | 'layer-emptied'
    | 'layer-nearly-emptied'
    | 'delicate-pruned'
    | 'pattern-tail'
    | 'non-finite'
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

/** One warning for each code that applies, worst first. */
export function warningsFor(candidates: readonly Candidate[], { outcomes }: Resolution): Warning[] {
  const decided = candidates.flatMap((candidate) => {
    const outcome = outcomes.get(candidate.id);
    return outcome ? [{ candidate, outcome }] : [];
  });
  const losing = decided.filter(({ candidate, outcome }) => outcome.zeros > candidate.statistics.zeros);
  const kept = ({ candidate, outcome }: { candidate: Candidate; outcome: Outcome }) =>
    1 - outcome.zeros / candidate.statistics.count;
  const emptied = losing.filter((each) => kept(each) === 0);
  const nearly = losing.filter((each) => kept(each) > 0 && kept(each) < nearlyEmpty);
  const sensitive = losing.filter(({ candidate }) => delicate.has(candidate.kind));
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
  warn(
    'layer-emptied',
    'danger',
    layers(emptied),
    (names) => `Nothing is left of ${names}: the model computes nothing.`,
  );
  warn('layer-nearly-emptied', 'warning', layers(nearly), (names) => `Less than 5 % is left of ${names}.`);
  warn(
    'delicate-pruned',
    'warning',
    layers(sensitive),
    (names) => `Normalisation, bias or buffer values are pruned: ${names}. Models rarely survive that.`,
  );
  warn(
    'pattern-tail',
    'warning',
    layers(decided.filter(hasTail)),
    (names) => `The n:m pattern does not divide the inputs of ${names}: what is left over stays dense.`,
  );
  warn('non-finite', 'warning', notFinite, (names) => `NaN or infinite weights, which are never pruned: ${names}.`);
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

/** Whether a pattern leaves over some of its axis. */
function hasTail({ candidate: { shape }, outcome }: { candidate: Candidate; outcome: Outcome }): boolean {
  return outcome.program.some((mask) => mask.kind === 'pattern' && shape[mask.axis]! % mask.m !== 0);
}

function namesOf(candidates: readonly Candidate[]): string {
  const shown = candidates.slice(0, namesShown).map(({ name }) => name);
  const more = candidates.length - shown.length;
  return more > 0 ? `${shown.join(', ')} and ${more} more` : shown.join(', ');
}
