/** The graphs of a model, each with where it sits. */
import { graphsIn } from '../../tensors/graph/graph';
import type { GraphRecord, WholeModel } from './graphProto';

export interface PlacedGraph {
  readonly graph: GraphRecord;
  /** Where it sits, for people: '' for the main graph, else `If_3.then_branch`, `my.domain.Block`, … */
  readonly container: string;
  readonly training: boolean;
}

/** Containers of deeply nested graphs are cut: they are for reading. */
const maxContainerLength = 200;

/** Outer ones before those inside them, the main one first. */
export function graphsOf({ main, functions, training }: WholeModel): PlacedGraph[] {
  const placed: PlacedGraph[] = [];
  const add = (graph: GraphRecord, container: string, ofTraining = false) => {
    placed.push({ graph, container: container.slice(0, maxContainerLength), training: ofTraining });
  };
  add(main, '');
  for (const body of functions) add(body, [body.domain, body.name].filter(Boolean).join('.'));
  for (const graph of training) add(graph, 'training_info', true);
  // The list grows while it is walked.
  for (const outer of placed) {
    const path = outer.container === '' ? '' : `${outer.container}/`;
    outer.graph.nodes.forEach((node, index) => {
      const name = node.name || `${node.opType}#${index}`;
      for (const { graph, place } of graphsIn<GraphRecord>(node)) {
        add(graph, `${path}${name}.${place}`, outer.training);
      }
    });
  }
  return placed;
}
