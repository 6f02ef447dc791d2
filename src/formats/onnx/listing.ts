/** From the records of a model to the tensors of a checkpoint. */
import type { ErrorContext } from '../../lib/errors';
import type { ByteSource } from '../../lib/source';
import { isPrunableDtype } from '../../tensors/dtype';
import type { Declared } from '../../tensors/evidence';
import { judge } from '../../tensors/judge/judge';
import type { Judgement } from '../../tensors/judge/judgement';
import type { Judged } from '../../tensors/judge/stateDict';
import { contiguousStrides, numelOf, type Storage, type TensorInfo } from '../../tensors/tensor';
import type { VarintElements } from '../../tensors/varintElements';
import { uniqueNames } from '../names';
import { type Consumer, consumerOf } from './consumer';
import type { ModelRecord } from './graphProto';
import { constantOf, isConstant, lookUp, type Scope, scopesOf } from './scopes';
import { dtypeOf, isExternal, type Place, placeOf, shapeOf, type TensorRecord } from './tensorProto';
import { VarintReader } from './varints';

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
  /** Halves in int32_data. */
  readonly encoded: readonly VarintElements[];
  /** How many tensors lie in other files. */
  readonly external: number;
}

const sparseReason = 'sparse (values and indices), which Secateur does not patch yet';
const replacedReason = 'a later initializer of the same name takes its place';
const quantisedReason = 'quantised: its zero is the zero point, which Secateur does not write yet';

const training = { kind: 'optimizer', because: 'part of the training information' } as const;

/** @throws CheckpointError `malformed-file` when a tensor's bytes do not fit its shape and dtype */
export async function listTensors(model: ModelRecord, source: ByteSource, context: ErrorContext): Promise<Listing> {
  const found = scopesOf(model).flatMap(tensorsOf);
  const names = uniqueNames(
    found.map(({ name, scope }) => ({ name: name || '(unnamed)', container: scope.container })),
  );
  const consumers = found.map(({ name, scope, dims }) => consumerOf(lookUp(scope, name), dims));
  const judgements = judge(
    found.map(({ name, tensor, dims: shape }, i): Judged => {
      const declared = asWeight(consumers[i]!);
      return { name, container: '', dtype: dtypeOf(tensor), shape, ...(declared && { declared }) };
    }),
    'graph',
  );
  const storages: Storage[] = [];
  const encoded: VarintElements[] = [];
  const varints = new VarintReader(source, context);
  const tensors: TensorInfo[] = [];
  for (const [i, each] of found.entries()) {
    const { scope, tensor } = each;
    const name = names[i]!;
    const dtype = dtypeOf(tensor);
    const shape = shapeOf(each.dims, name, context);
    const place: Place = each.readOnly ? { readOnly: each.readOnly } : placeOf(tensor, numelOf(shape), name, context);
    const halves = place.varints && (await varints.read(place.varints, numelOf(shape), name));
    const storage = halves && 'elements' in halves ? storageOf(halves.elements) : place.storage;
    if (halves && 'elements' in halves) encoded.push(halves.elements);
    const unread = halves && 'readOnly' in halves ? halves.readOnly : place.readOnly;
    const consumer = consumers[i]!;
    const readOnly = consumer.quantised && !isPrunableDtype(dtype) ? quantisedReason : unread;
    tensors.push({
      name,
      container: scope.container,
      dtype,
      shape,
      strides: contiguousStrides(shape),
      storage: storage ? storages.push(storage) - 1 : -1,
      storageOffset: 0,
      ...(scope.training ? training : kindOf(consumer, judgements[i]!)),
      ...(readOnly === undefined ? {} : { readOnly }),
    });
  }
  return { tensors, storages, encoded, external: found.filter(({ tensor }) => isExternal(tensor)).length };
}

function storageOf({ addresses }: VarintElements): Storage {
  return { segments: [addresses], byteLength: addresses.end - addresses.start };
}

/** What makes a weight of it; what only says that it is none leaves room for what its name says. */
function asWeight({ declared }: Consumer): Declared | undefined {
  return declared?.kind === 'parameter' ? undefined : declared;
}

/** What the graph says goes first; where no operator makes a weight of it, its name may say what it is beside them. */
function kindOf(consumer: Consumer, judgement: Judgement): Judgement {
  const { declared, quantised } = consumer;
  const weight = asWeight(consumer);
  if (quantised && weight) return weight;
  if (!declared || declared === weight) return judgement;
  if (judgement.kind === 'unknown' || judgement.kind === 'parameter') return declared;
  return { ...judgement, because: [judgement.because, declared.because].filter(Boolean).join('; ') };
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
