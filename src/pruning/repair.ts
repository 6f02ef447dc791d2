/** Weights that were fitted anew after pruning: what a report knows of them, and what they make of a recipe's outcomes. */
import { CheckpointError } from '../lib/errors';
import { sha256OfText } from '../lib/sha256';
import type { TensorId } from '../tensors/tensor';
import { formatRecipe } from './parseRecipe';
import type { Recipe } from './recipe';
import type { RepairEntry } from './recipeHead';
import { noRule, type Outcome, type Program } from './resolution';
import { mapRules } from './ruleLists';
import { withoutOff } from './switchedOff';

/** A repair as it is told of. Its weights are the engine's: `keepRepair`. */
export interface Repair {
  /** Never that of another one of the open checkpoint. */
  readonly id: string;
  /** `hashOfRecipe` of the recipe that it was made for. */
  readonly of: string;
  /** SHA-256 of its values, as the side file holds them: what `keepRepair` answers. */
  readonly file: string;
  /** What it was fitted on, in words. */
  readonly inputs: string;
  /** Of those, how many. */
  readonly samples: number;
  readonly damping: number;
  /** Weights were repaired between the recipe's steps, too: without its values the recipe gives other masks. */
  readonly between: boolean;
  /** In the order in which they were fitted. */
  readonly tensors: readonly RepairedTensor[];
  /** Tensors that were to be fitted, and are as the masks leave them. */
  readonly leftOut: readonly { readonly tensor: TensorId; readonly name: string; readonly reason: string }[];
}

export interface RepairedTensor {
  readonly tensor: TensorId;
  readonly name: string;
  /** `pruned`: a rule decides for it. `reader`: it reads what such a one changed. `bias`: of one of these. */
  readonly role: 'pruned' | 'reader' | 'bias';
  /** Weights that masks took; 0 but for role `pruned`. */
  readonly pruned: number;
  /** Zeros of either sign among its values, as `keepRepair` counts them. */
  readonly zeros: number;
  /** Relative L2 of what its layer gives, on held-back samples: pruned, and repaired. */
  readonly before?: number;
  readonly after?: number;
}

/** What a recipe's outcomes become with a repair: each tensor of it ends with its values, and zeros of theirs are pruned. */
export function repairedOutcomes(
  outcomes: ReadonlyMap<TensorId, Outcome>,
  repair: Pick<Repair, 'id' | 'tensors'>,
): ReadonlyMap<TensorId, Outcome> {
  const repaired = new Map(outcomes);
  for (const each of repair.tensors)
    repaired.set(each.tensor, repairedOutcome(outcomes.get(each.tensor), each, repair));
  return repaired;
}

/** One of them. @param outcome undefined where no rule decides for the tensor */
export function repairedOutcome(
  outcome: Outcome | undefined,
  { zeros }: Pick<RepairedTensor, 'zeros'>,
  { id }: Pick<Repair, 'id'>,
): Outcome {
  const masks = (outcome?.program ?? []).filter(({ kind }) => kind !== 'values');
  const program: Program = [...masks, { kind: 'values', repair: id }];
  return { rule: outcome?.rule ?? noRule, program, pruned: zeros, zeros, exact: true };
}

/** Programs that have applied before a recipe's first step, for `resolve`: what a round of a repair begins with. */
export function programsOf(outcomes: ReadonlyMap<TensorId, Outcome>): ReadonlyMap<TensorId, Program> {
  return new Map([...outcomes].map(([tensor, { program }]) => [tensor, program]));
}

/** The recipe without what it says of its repair. */
export function withoutRepair(recipe: Recipe): Recipe {
  if (!recipe.repair) return recipe;
  const { repair: _, ...rest } = recipe;
  return rest;
}

/** On what weights were fitted, in words: titles of inputs mostly say how many there are. */
export function fittedTo({ inputs, samples }: Pick<Repair, 'inputs' | 'samples'>): string {
  return /^\d/.test(inputs) ? inputs : `${samples} samples of ${inputs}`;
}

const hashes = new WeakMap<Recipe, string>();

/**
 * SHA-256 of the recipe's text without its fields `repair` and `slim`, which say what was done with it, names of rules and rules that
 * are off; in hexadecimal digits.
 */
export function hashOfRecipe(recipe: Recipe): string {
  const known = hashes.get(recipe);
  if (known !== undefined) return known;
  const { slim: _, ...own } = withoutRepair(recipe);
  const pruning = mapRules(withoutOff(own), ({ name, ...rule }) => rule);
  const hash = sha256OfText(formatRecipe(pruning));
  hashes.set(recipe, hash);
  return hash;
}

/** Whether the recipe was repaired, and is still what was repaired. */
export function hasRepair(recipe: Recipe): recipe is Recipe & { readonly repair: RepairEntry } {
  return recipe.repair !== undefined && recipe.repair.of === hashOfRecipe(recipe);
}

/** Whether the recipe was repaired, and has changed since. */
export function isRepairStale(recipe: Recipe): boolean {
  return recipe.repair !== undefined && recipe.repair.of !== hashOfRecipe(recipe);
}

/** What is saved, exported and scripted: a stale repair is left out. */
export function withoutStaleRepair(recipe: Recipe): Recipe {
  return isRepairStale(recipe) ? withoutRepair(recipe) : recipe;
}

/**
 * The repair that a recipe is applied with: the one that was given beside it, if any was. Without it a recipe prunes only.
 * @throws CheckpointError `repair-missing` where it was repaired between its steps; `unsupported-feature` for another's repair
 */
export function repairBeside(recipe: Recipe, given: Repair | undefined): Repair | undefined {
  const entry = hasRepair(recipe) ? recipe.repair : undefined;
  if (!given) {
    if (!entry?.between) return undefined;
    throw new CheckpointError(
      'repair-missing',
      'The recipe repairs between its steps, so that it prunes other weights without the repaired ones.',
      { advice: 'Give the file that was saved beside it (…-repair.safetensors) together with it.' },
    );
  }
  if (given.of === hashOfRecipe(recipe) && (!entry || entry.file === given.file)) return given;
  throw new CheckpointError('unsupported-feature', 'These are the repaired weights of another recipe.', {
    advice: 'Give those that were saved beside it.',
  });
}

/** What a recipe says of a repair of it. */
export function repairEntry({ samples, damping, inputs, between, of, file }: Repair): RepairEntry {
  return { samples, damping, inputs, ...(between && { between: true as const }), of, file };
}
