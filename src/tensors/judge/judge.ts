/**
 * What every tensor of a checkpoint is for, and which of its dimensions are outputs and inputs. The one place that
 * decides, by evidence in this order: what the file says, what the whole name says, what stands beside it, its shape.
 * Where nothing decides it is `unknown`.
 */
import { besideNorms } from './aside';
import { type Convention, conventionOf } from './convention';
import { routerOf } from './experts';
import type { Evidence, Judgement } from './judgement';
import { type Entry, entriesOf, isNamedWeight, type Judged, rankOf } from './stateDict';
import { weightOf } from './weights';

const evidences: readonly Evidence[] = [said, besideNorms, weightOf];

/**
 * @param tensors in the order of the file
 * @param given whose layout the file says it has; absent: told by the names
 * @returns one judgement for each
 */
export function judge(tensors: readonly Judged[], given?: Convention): Judgement[] {
  const entries = entriesOf(tensors);
  const convention = given ?? conventionOf(entries);
  return entries.map((entry) => {
    for (const evidence of evidences) {
      const judgement = evidence(entry, convention);
      if (judgement) return judgement;
    }
    return isVector(entry) ? { kind: 'parameter' } : undecided(entry, convention);
  });
}

/** One number a channel, or fewer. A matrix of one row may still be a layer. */
function isVector(entry: Entry): boolean {
  return entry.shape.length < 2 || (rankOf(entry) < 2 && !isNamedWeight(entry));
}

const whole = /^[IU]\d|^BOOL$/;

/** What the file says. That a matrix is a router it cannot say: there it is one linear layer among others. */
function said(entry: Entry): Judgement | undefined {
  const { role, dtype, declared } = entry;
  if (role === 'optimizer') return { kind: 'optimizer' };
  if (whole.test(dtype)) return { kind: 'integer' };
  if (declared) return (declared.kind === 'linear' && routerOf(entry)) || declared;
  return role === 'buffer' ? { kind: 'buffer', because: 'a registered buffer' } : undefined;
}

function undecided({ module, path }: Entry, convention: Convention): Judgement {
  if (convention === 'graph') return { kind: 'unknown', because: 'no operator is known to use it as a weight' };
  const named = path.leaf === 'weight' || path.leaf === 'kernel' ? (path.owners[0] ?? path.leaf) : path.leaf;
  const missing = module.tensors.has('bias') ? 'its bias fits no dimension' : 'no bias beside it';
  return { kind: 'unknown', because: `${missing}, and the name ${named || '(empty)'} does not tell` };
}
