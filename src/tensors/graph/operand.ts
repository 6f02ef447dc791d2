/** A weight as the operator that uses it sees it, and what a use of it is. */
import type { Axes } from '../axes';
import type { LayerKind } from '../tensor';
import type { GraphNode } from './graph';
import { lookUp, type Scope, type Value } from './scopes';

export interface Operand {
  readonly node: GraphNode;
  /** Which of the node's inputs it is. */
  readonly input: number;
  readonly scope: Scope;
  /** Of each axis that the operator sees, where known; undefined where not even their number is. */
  readonly sizes: readonly (number | undefined)[] | undefined;
}

/** What an input of an operator is for. */
export interface InputUse {
  readonly kind: LayerKind;
  /** Of the axes that the operator sees. */
  readonly axes?: (operand: Operand) => Axes | undefined;
  /** In words; absent: `used by` and the operator's name. */
  readonly because?: string;
  /** The input holds quantised values: its zero is a zero point. */
  readonly quantised?: true;
}

/** Another input of the node; undefined where it is left out. */
export function besides({ node, scope }: Pick<Operand, 'node' | 'scope'>, input: number): Value | undefined {
  const name = node.inputs[input];
  return name ? lookUp(scope, name) : undefined;
}
