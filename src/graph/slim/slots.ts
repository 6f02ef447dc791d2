/** Which indices of which axes have to live or die together, in a whole graph. */
import { at } from '../../lib/known';
import { type Graph, type GraphNode, graphsIn, isConstant, standardDomain } from '../../tensors/graph/graph';
import { evaluated, shapeBounds } from './arithmetic';
import { fixedSlot, type Slots } from './disjointSlots';
import { allOf, type Numbers } from './numbers';
import { takesSizes } from './rearranging';
import { constantsOf, type GraphContents, type Shapes, viewOf } from './shapes';
import { slotRuleOf } from './slotRules';
import { type StoredTensor, Walk } from './walk';

/** Longer axes than any layer has: a few nodes can double one past all memory. */
const maxAxis = 2 ** 20;
/** Of all values together. */
const maxSlots = 2 ** 24;

/**
 * Walks the graph once. What is not understood is pinned, with the reason.
 * @param canShrink whether a tensor's elements can be taken from the file
 */
export function slotsOf(contents: GraphContents, shapes: Shapes, canShrink: (name: string) => boolean): Walk {
  const { graph } = contents;
  const walk = new Walk(contents, shapes, storedTensors(graph, canShrink));
  for (const { name } of graph.inputs) setPlain(walk, name, 'is an input of the model');
  for (const { name } of graph.sparseInitializers) setPlain(walk, name, 'is stored sparse');
  graph.nodes.forEach((node, position) => {
    if (!isConstant(node) && !walk.isStored(node.outputs[0] ?? '')) visit(walk, node, position);
  });
  for (const { name } of graph.outputs) {
    const why = 'is an output of the model';
    walk.pinValue(walk.values.get(name), why);
    pinSizes(walk, name, why);
  }
  pinOnlyOnes(walk);
  return walk;
}

/** By every name that they have: Identity gives others. */
function storedTensors(graph: Graph, canShrink: (name: string) => boolean): Map<string, StoredTensor> {
  const stored = new Map<string, StoredTensor>();
  for (const { name, shape } of constantsOf(graph)) if (canShrink(name)) stored.set(name, { name, shape });
  for (const { opType, domain, inputs, outputs } of graph.nodes) {
    const [name] = outputs;
    const same = opType === 'Identity' && standardDomain(domain) ? stored.get(inputs[0] ?? '') : undefined;
    if (name && same) stored.set(name, same);
  }
  return stored;
}

function setPlain(walk: Walk, name: string, why: string): void {
  const value = walk.without(walk.shapes.shapes.get(name), why);
  if (value) walk.values.set(name, value);
}

function visit(walk: Walk, node: GraphNode, position: number): void {
  const { numbers } = walk.shapes;
  const read = [...node.inputs, ...namesWithin(node)];
  const isWhole = graphsIn(node).next().done === true;
  if (isWhole && node.outputs.every((name) => name === '' || numbers.has(name))) {
    followSizes(walk, node, position);
    return;
  }
  node.inputs.forEach((name, input) => {
    if (!takesSizes(node, input)) pinSizes(walk, name, `has a size that ${node.opType} reads as a number`);
  });
  const isBounded =
    walk.slotted <= maxSlots &&
    node.outputs.every((name) => walk.shapes.shapes.get(name)?.every((size) => size <= maxAxis) !== false);
  const results = isWhole && isBounded ? slotRuleOf(node)?.(walk, node, position) : undefined;
  if (!results) {
    const why = !isWhole
      ? `is read within ${node.opType}`
      : isBounded
        ? `is read by ${node.opType}, which is not understood`
        : `is read by ${node.opType}, which gives too many elements`;
    node.inputs.forEach((_, input) => {
      walk.pinValue(walk.read(node, position, input), why);
    });
    for (const name of read) {
      walk.pinValue(walk.values.get(name), why);
      pinSizes(walk, name, why);
    }
  }
  node.outputs.forEach((name, i) => {
    const shape = walk.shapes.shapes.get(name);
    const given = results?.[i];
    const isFit =
      given &&
      given.axes.length === shape?.length &&
      given.axes.every((slots, axis) => !slots || slots.length === shape[axis]);
    if (given && !isFit) walk.pinValue(given, `has another shape behind ${node.opType} than was expected`);
    const value = isFit ? given : walk.without(shape, `comes out of ${node.opType}`);
    for (const slots of value?.axes ?? []) walk.slotted += slots?.length ?? 0;
    if (name !== '' && value) walk.values.set(name, value);
  });
}

/** Names of the graph that graphs within a node may read: all that they name at all. */
function namesWithin(node: GraphNode): string[] {
  const names: string[] = [];
  const bodies = [...graphsIn(node)].map(({ graph }) => graph);
  // The list grows while it is walked.
  for (const body of bodies) {
    for (const inner of body.nodes) {
      names.push(...inner.inputs);
      for (const { graph } of graphsIn(inner)) bodies.push(graph);
    }
    names.push(...body.outputs.map(({ name }) => name));
  }
  return names;
}

function pinSizes(walk: Walk, name: string, why: string): void {
  for (const slots of walk.sizes.get(name)?.flat() ?? []) walk.pin(slots, why);
}

/** Of numbers that are computed of shapes: which axes each depends on. What takes some of them is asked which. */
function followSizes(walk: Walk, node: GraphNode, position: number): void {
  const { shapes, numbers } = walk.shapes;
  const [result = ''] = node.outputs;
  if (node.opType === 'Shape') {
    const axes = walk.axesOf(node.inputs[0] ?? '', { node: position, input: 0 });
    const bounds = shapeBounds(walk.view(node), axes.length);
    walk.sizes.set(
      result,
      axes.slice(...bounds).map((slots) => (slots ? [slots] : [])),
    );
    return;
  }
  if (node.opType === 'Size') {
    const axes = walk.axesOf(node.inputs[0] ?? '', { node: position, input: 0 });
    walk.sizes.set(result, [axes.flatMap((slots) => slots ?? [])]);
    return;
  }
  const tagged = node.inputs.map((name) => walk.sizes.get(name));
  if (!tagged.some((sizes) => sizes?.some((slots) => slots.length > 0))) return;
  const all = [...new Set(tagged.flatMap((sizes) => sizes?.flat() ?? []))];
  const sources = selecting.get(node.opType);
  // Where the elements of some inputs are only picked, their places are picked in the same way.
  const isPicked = sources && tagged.every((sizes, input) => !sizes || input < sources);
  const table: (readonly Slots[])[] = [];
  const places = new Map<string, Numbers>();
  if (isPicked) {
    node.inputs.slice(0, sources).forEach((name, input) => {
      const own = numbers.get(name);
      if (!own) return;
      const first = table.length;
      own.values.forEach((_, i) => {
        table.push(tagged[input]?.[i] ?? []);
      });
      places.set(name, { ...own, values: allOf(own.values.length).map((i) => first + i) });
    });
  }
  const picked = isPicked
    ? evaluated(viewOf(walk.contents, node, shapes, new Map([...namedNumbers(walk, node), ...places])))
    : undefined;
  node.outputs.forEach((name, i) => {
    const values = picked?.[i]?.values ?? numbers.get(name)?.values.map(() => -1);
    walk.sizes.set(
      name,
      (values ?? []).map((place) => (place < 0 ? all : at(table, place))),
    );
  });
}

function namedNumbers(walk: Walk, node: GraphNode): [string, Numbers][] {
  return node.inputs.flatMap((name): [string, Numbers][] => {
    const own = walk.shapes.numbers.get(name);
    return own ? [[name, own]] : [];
  });
}

/** Operators whose results are elements of their inputs, of so many of them. */
const selecting: ReadonlyMap<string, number> = new Map([
  ['Identity', 1],
  ['Cast', 1],
  ['Gather', 1],
  ['Slice', 1],
  ['Split', 1],
  ['Squeeze', 1],
  ['Unsqueeze', 1],
  ['Reshape', 1],
  ['Transpose', 1],
  ['Concat', Number.POSITIVE_INFINITY],
]);

/** What would take a whole axis with it stays. */
function pinOnlyOnes(walk: Walk): void {
  const { sets } = walk;
  const check = (slots: Slots | undefined) => {
    if (!slots || slots.length === 0) return;
    const root = sets.rootOf(at(slots, 0));
    if (root === fixedSlot || !slots.every((slot) => sets.rootOf(slot) === root)) return;
    sets.pin(root, slots.length === 1 ? 'is the only one of its axis' : 'is a whole axis');
  };
  for (const { axes } of walk.weights) for (const slots of axes) check(slots);
  for (const { axes } of walk.values.values()) for (const slots of axes) check(slots);
}
