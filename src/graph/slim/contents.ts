/** What a file says of a graph's numbers: small constants and lists of floats, read when a model is to get smaller. */
import { decodeNumbers, elementsIn, floatsIn } from '../../formats/onnx/elements';
import type { NodeRecord } from '../../formats/onnx/graphProto';
import { dtypeOf, type TensorRecord } from '../../formats/onnx/tensorProto';
import { bitsOf, type Dtype, isFloat } from '../../tensors/dtype';
import type { GraphNode } from '../../tensors/graph/graph';
import { numelOf } from '../../tensors/tensor';
import { maxNumbers, type Numbers } from './numbers';
import { constantsOf, type GraphContents } from './shapes';
import type { OpenModel } from './slice';

export interface ModelContents extends GraphContents {
  /** Stored tensors by name, with their dtypes. */
  readonly dtypes: ReadonlyMap<string, Dtype>;
  /** Those whose elements can be taken from the file. */
  readonly readable: ReadonlySet<string>;
}

/** Of all constants together: a hostile file may have a great many. */
const maxTotal = 2 ** 22;
/** Inputs of floats that say a shape or a bound. */
const floatInputs: ReadonlyMap<string, readonly number[]> = new Map([
  ['Resize', [1, 2]],
  ['Upsample', [1]],
]);
const floatAttributes: ReadonlySet<string> = new Set(['scales', 'min', 'max', 'value', 'alpha', 'beta']);
/** The oldest that ONNX Runtime takes. */
const oldestOpset = 7;

export async function readContents({ model, checkpoint, source }: OpenModel): Promise<ModelContents> {
  const { main: graph } = model;
  const scales = new Set(
    graph.nodes.flatMap(({ opType, inputs }) =>
      (floatInputs.get(opType) ?? []).flatMap((input) => inputs[input] ?? []),
    ),
  );
  const numbers = new Map<string, Numbers>();
  const dtypes = new Map<string, Dtype>();
  const readable = new Set<string>();
  let total = 0;
  for (const { name, shape, of } of constantsOf<TensorRecord>(graph)) {
    const dtype = dtypeOf(of);
    dtypes.set(name, dtype);
    if (canBeRead(of, checkpoint)) readable.add(name);
    const numel = numelOf(shape);
    const isSmall = isFloat(dtype) ? numel === 1 || scales.has(name) : numel <= maxNumbers;
    if (!isSmall || numel > maxNumbers || total + numel > maxTotal) continue;
    const elements = await elementsIn(source, checkpoint, of);
    const values = elements && decodeNumbers(dtype, await elements.read(0, elements.size));
    if (!values) continue;
    total += numel;
    numbers.set(name, { shape, values, whole: !isFloat(dtype) });
  }
  const floats = new Map<GraphNode, Map<string, readonly number[]>>();
  for (const node of graph.nodes) {
    const own = await floatsOf(node, source);
    if (own.size > 0) floats.set(node, own);
  }
  return { graph, opset: model.opset ?? oldestOpset, numbers, floats, dtypes, readable };
}

function canBeRead(record: TensorRecord, { tensors }: OpenModel['checkpoint']): boolean {
  const info = record.tensor === undefined ? undefined : tensors[record.tensor];
  // What stands in varints takes a byte each at least: a list may be shorter than its shape says.
  const listed = record.varints.byteLength + record.wideVarints.byteLength;
  return info !== undefined && bitsOf(dtypeOf(record)) >= 8 && (info.storage >= 0 || listed >= numelOf(info.shape));
}

async function floatsOf(
  { attributes }: NodeRecord,
  source: OpenModel['source'],
): Promise<Map<string, readonly number[]>> {
  const found = new Map<string, readonly number[]>();
  for (const [name, { float, floats }] of attributes) {
    if (!floatAttributes.has(name)) continue;
    if (float) found.set(name, await floatsIn(source, float));
    else if (floats.byteLength > 0 && floats.byteLength <= 256) found.set(name, await floatsIn(source, floats));
  }
  return found;
}
