/** From the records of a model to the tensors of a checkpoint. */
import type { ErrorContext } from '../../lib/errors';
import { type Dtype, isPrunableDtype } from '../../tensors/dtype';
import { inferKind } from '../../tensors/kind';
import { contiguousStrides, type LayerKind, numelOf, type Storage, type TensorInfo } from '../../tensors/tensor';
import { uniqueNames } from '../names';
import { type Consumer, consumerOf } from './consumer';
import type { ModelRecord } from './graphProto';
import { constantOf, isConstant, lookUp, type Scope, scopesOf } from './scopes';
import { dtypeOf, isExternal, placeOf, shapeOf, type TensorRecord } from './tensorProto';

/** A tensor found in the model, with what is known of its place and name. */
interface Found {
  readonly name: string;
  readonly scope: Scope;
  readonly tensor: TensorRecord;
  readonly dims: readonly number[];
  readonly readOnly?: string;
}

export interface Listing {
  readonly tensors: readonly TensorInfo[];
  readonly storages: readonly Storage[];
  /** How many tensors lie in other files. */
  readonly external: number;
}

const sparseReason = 'sparse (values and indices), which Secateur does not patch yet';
const replacedReason = 'a later initializer of the same name takes its place';
const quantisedReason = 'quantised: its zero is the zero point, which Secateur does not write yet';

/** @throws CheckpointError `malformed-file` when a tensor's bytes do not fit its shape and dtype */
export function listTensors(model: ModelRecord, context: ErrorContext): Listing {
  const found = scopesOf(model).flatMap(tensorsOf);
  const names = uniqueNames(
    found.map(({ name, scope }) => ({ name: name || '(unnamed)', container: scope.container })),
  );
  const siblings: ReadonlySet<string> = new Set(found.map(({ name }) => name));
  const storages: Storage[] = [];
  const tensors = found.map((each, i): TensorInfo => {
    const { scope, tensor } = each;
    const name = names[i]!;
    const dtype = dtypeOf(tensor);
    const shape = shapeOf(each.dims, name, context);
    const place = each.readOnly ? { readOnly: each.readOnly } : placeOf(tensor, numelOf(shape), name, context);
    const consumer = consumerOf(lookUp(scope, each.name), shape);
    const readOnly = consumer.quantised && !isPrunableDtype(dtype) ? quantisedReason : place.readOnly;
    return {
      name,
      container: scope.container,
      dtype,
      shape,
      strides: contiguousStrides(shape),
      storage: place.storage ? storages.push(place.storage) - 1 : -1,
      storageOffset: 0,
      ...(scope.training ? { kind: 'optimizer' } : kindOf(each.name, dtype, shape, consumer, siblings)),
      ...(readOnly === undefined ? {} : { readOnly }),
    };
  });
  return { tensors, storages, external: found.filter(({ tensor }) => isExternal(tensor)).length };
}

/** Kinds that a name may decide where no operator did: none of those that are pruned by default. */
const kindsByName: ReadonlySet<LayerKind> = new Set(['norm', 'bias', 'prelu', 'buffer', 'embedding', 'integer']);

function kindOf(
  name: string,
  dtype: Dtype,
  shape: readonly number[],
  { kind, outputAxis, quantised }: Consumer,
  siblings: ReadonlySet<string>,
): { kind: LayerKind; outputAxis?: number } {
  const byName = inferKind({ name, dtype, shape }, siblings);
  if (kind !== undefined && (quantised || byName !== 'integer')) {
    return outputAxis === undefined ? { kind } : { kind, outputAxis };
  }
  return { kind: kindsByName.has(byName) ? byName : 'parameter' };
}

/** The tensors of one graph: initializers, sparse ones, then Constant nodes under the name of their output. */
function tensorsOf(scope: Scope): Found[] {
  const { initializers, sparseInitializers, nodes } = scope.graph;
  const last = new Map(initializers.map((tensor) => [tensor.name, tensor]));
  const found: Found[] = initializers.map((tensor) => ({
    name: tensor.name,
    scope,
    tensor,
    dims: tensor.dims,
    ...(last.get(tensor.name) === tensor ? {} : { readOnly: replacedReason }),
  }));
  for (const { values, dims } of sparseInitializers) {
    found.push({ name: values.name, scope, tensor: values, dims, readOnly: sparseReason });
  }
  for (const node of nodes.filter(isConstant)) {
    const name = node.outputs[0] ?? node.name;
    const tensor = constantOf(node);
    if (tensor) found.push({ name, scope, tensor, dims: tensor.dims });
    const sparse = node.attributes.get('sparse_value')?.sparse;
    if (sparse) found.push({ name, scope, tensor: sparse.values, dims: sparse.dims, readOnly: sparseReason });
  }
  return found;
}
