/** Which nodes of a graph's main part are needed for which of its values. */
import { ownersOf, ownReader, sortedNodes } from '../../graph/order';
import { getOrInsert } from '../../lib/maps';
import type { GraphNode, ModelGraph } from '../../tensors/graph/graph';
import { lookUp, type Scope, scopesOf } from '../../tensors/graph/scopes';

export class Dependencies {
  /** Those behind whose results they use. */
  readonly nodes: readonly GraphNode[];
  readonly main: Scope;
  private readonly reads = new Map<GraphNode, string[]>();

  constructor(model: ModelGraph, scopes: readonly Scope[] = scopesOf(model)) {
    const [main] = scopes;
    if (!main) throw new Error('a model without a graph');
    this.main = main;
    const owners = ownersOf(scopes);
    this.nodes = sortedNodes(main, owners);
    for (const [name, { uses }] of main.values) {
      for (const { node, scope } of uses) {
        const reader = ownReader(node, scope, main, owners);
        if (reader) getOrInsert(this.reads, reader, () => []).push(name);
      }
    }
  }

  /** Names that a node reads, those within its bodies too. */
  readsOf(node: GraphNode): readonly string[] {
    return this.reads.get(node) ?? [];
  }

  isConstant(name: string): boolean {
    return lookUp(this.main, name).constant === true;
  }

  producerOf(name: string): GraphNode | undefined {
    return this.main.values.get(name)?.producer;
  }

  /**
   * The nodes that values are computed by, all names that these read, and which of the given ones are needed.
   * @param given values that need not be computed
   */
  upTo(
    names: Iterable<string>,
    given: { has(name: string): boolean } = new Set(),
  ): {
    readonly nodes: Set<GraphNode>;
    readonly reads: Set<string>;
    readonly taken: Set<string>;
  } {
    const nodes = new Set<GraphNode>();
    const reads = new Set<string>();
    const taken = new Set<string>();
    const open = [...names];
    for (let name = open.pop(); name !== undefined; name = open.pop()) {
      if (given.has(name)) {
        taken.add(name);
        continue;
      }
      const producer = this.producerOf(name);
      if (!producer || nodes.has(producer)) continue;
      nodes.add(producer);
      for (const read of this.readsOf(producer)) {
        reads.add(read);
        open.push(read);
      }
    }
    return { nodes, reads, taken };
  }
}
