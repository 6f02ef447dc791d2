/** Mixtures of experts: matrices stacked along a first dimension, and the router that chooses among them. */
import { axesAt } from '../axes';
import type { Judgement } from './judgement';
import { biasOf, type Entry, type Module } from './stateDict';
import { expertLists, routers } from './words';

/** A stack of matrices, one an expert: (experts, outputs, inputs) or (experts, inputs, outputs). */
export function expertOf(entry: Entry): Judgement | undefined {
  const { shape } = entry;
  if (shape.length !== 3 || !isInExperts(entry) || /bias$/.test(entry.path.leaf)) return undefined;
  const inputs = inputAxis(entry);
  return {
    kind: 'linear',
    because: `${shape[0]} experts, stacked`,
    ...(inputs !== undefined && { axes: axesAt(3 - inputs, inputs, 0) }),
  };
}

function isInExperts({ path: { owners, leaf }, module }: Entry): boolean {
  return owners.slice(0, 2).some((owner) => expertLists.test(owner)) || stacked.test(leaf) || stacked.test(module.path);
}

/** Stacks that are no module's: `experts_weight`, `experts.w1`. */
const stacked = /(^|[._])experts?([._]|$)/;

/** Dimension 1 or 2, as this stack or the one beside it tells: what goes in at one comes out at the other. */
function inputAxis(entry: Entry): number | undefined {
  const width = routerBeside(entry)?.shape[1];
  const stacks = [entry, ...entry.module.tensors.values()].filter(({ shape }) => shape.length === 3);
  for (const stack of stacks) {
    const axis = byBias(stack) ?? byWidth(stack, width);
    if (axis !== undefined) return axis;
  }
  return undefined;
}

function byBias(stack: Entry): number | undefined {
  const [, rows, columns] = stack.shape;
  const bias = biasOf(stack);
  if (bias?.shape.length !== 2 || rows === columns) return undefined;
  if (bias.shape[1] === rows) return 2;
  return bias.shape[1] === columns ? 1 : undefined;
}

const wayOut = /down|w2|wo(_|$)|out|fc2|c_proj/;

/** @param width of one token, which every expert takes and gives */
function byWidth({ shape, path }: Entry, width: number | undefined): number | undefined {
  const [, rows, columns] = shape;
  if (rows === columns || (rows !== width && columns !== width)) return undefined;
  const axis = rows === width ? 1 : 2;
  return wayOut.test(path.leaf) ? 3 - axis : axis;
}

/** Its inputs are what a token is wide. */
function routerBeside({ dict, module }: Entry): Entry | undefined {
  const end = module.path.search(/(^|\.)experts?(\.|$)/);
  const parent = end <= 0 ? '' : `${module.path.slice(0, end)}.`;
  for (const name of ['gate', 'router', 'router.classifier', 'router.layer', 'gate.wg']) {
    const weight = dict.find(`${parent}${name}`)?.tensors.get('weight');
    if (weight?.shape.length === 2) return weight;
  }
  return undefined;
}

/** The matrix that gives each expert a score. */
export function routerOf({ shape, path, module, dict }: Entry): Judgement | undefined {
  if (shape.length !== 2 || path.leaf !== 'weight') return undefined;
  const named = path.owners.slice(0, 2).some((owner) => routers.test(owner));
  if (!named) return undefined;
  for (const parent of parentsOf(module)) {
    const hasExperts = dict.has(`${parent}experts`) || dict.has(`${parent}expert`);
    if (hasExperts) return { kind: 'router', because: 'chooses among the experts beside it', axes: axesAt(0, 1) };
  }
  return undefined;
}

/** Of a router's module `mlp.router.classifier`: `mlp.router.` and `mlp.`. */
function parentsOf({ path }: Module): string[] {
  const parts = path.split('.');
  return [1, 2].flatMap((up) => {
    const parent = parts.slice(0, -up);
    return parts.length < up ? [] : [parent.length === 0 ? '' : `${parent.join('.')}.`];
  });
}
