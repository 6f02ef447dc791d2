/** From the records of a model to the tensors of a checkpoint. */
import type { ErrorContext } from '../../lib/errors';
import { at } from '../../lib/known';
import { getOrInsert } from '../../lib/maps';
import type { Part } from '../../lib/parts';
import type { ByteSource } from '../../lib/source';
import { bitsOf, isPrunableDtype } from '../../tensors/dtype';
import type { Declared } from '../../tensors/evidence';
import { judge } from '../../tensors/judge/judge';
import type { Judgement } from '../../tensors/judge/judgement';
import type { Judged } from '../../tensors/judge/stateDict';
import { contiguousStrides, numelOf, type Storage, type TensorInfo } from '../../tensors/tensor';
import type { VarintElements } from '../../tensors/varintElements';
import { uniqueNames } from '../names';
import { type Consumer, consumerOf } from './consumer';
import { ExternalFiles, fileNameIn, laidOut } from './external';
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
  /** The places of tensors whose elements are nowhere: see `Place`. */
  readonly missing: readonly Missing[];
}

export interface Missing {
  readonly tensor: TensorInfo;
  /** The file that has the elements, '' where none does. */
  readonly file: string;
}

const sparseReason = 'sparse (values and indices), which Secateur does not patch yet';
const replacedReason = 'a later initializer of the same name takes its place';
const quantisedReason = 'quantised: its zero is the zero point, which Secateur does not write yet';

const acrossReason = 'its bytes begin within an element of another tensor';

const training = { kind: 'optimizer', because: 'part of the training information' } as const;

/**
 * @param source of the model and of the files beside it
 * @throws CheckpointError `malformed-file` when a tensor's bytes do not fit its shape and dtype
 */
export async function listTensors(
  model: ModelRecord,
  source: ByteSource,
  beside: readonly Part[],
  context: ErrorContext,
): Promise<Listing> {
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
  const storages = new Map<Storage, number>();
  const encoded: VarintElements[] = [];
  const varints = new VarintReader(source, context);
  const shapes = found.map(({ dims }, i) => shapeOf(dims, at(names, i), context));
  const places = placesOf(found, names, shapes, beside, context);
  const tensors: TensorInfo[] = [];
  const missing: Missing[] = [];
  for (const [i, { scope, tensor }] of found.entries()) {
    const name = at(names, i);
    const dtype = dtypeOf(tensor);
    const shape = at(shapes, i);
    const place = at(places, i);
    const halves = place.varints && (await varints.read(place.varints, numelOf(shape), name));
    const storage = halves && 'elements' in halves ? storageOf(halves.elements) : place.storage;
    if (halves && 'elements' in halves) encoded.push(halves.elements);
    const unread = halves && 'readOnly' in halves ? halves.readOnly : place.readOnly;
    const consumer = at(consumers, i);
    const readOnly = consumer.quantised && !isPrunableDtype(dtype) ? quantisedReason : unread;
    const info: TensorInfo = {
      name,
      container: scope.container,
      dtype,
      shape,
      strides: contiguousStrides(shape),
      storage: storage ? getOrInsert(storages, storage, () => storages.size) : -1,
      storageOffset: place.offset ?? 0,
      ...(scope.training ? training : kindOf(consumer, at(judgements, i))),
      ...(readOnly === undefined ? {} : { readOnly }),
    };
    tensors.push(info);
    if (place.missing !== undefined) missing.push({ tensor: info, file: place.missing });
  }
  return { tensors, storages: [...storages.keys()], encoded, missing };
}

/** Names of the files beside the model that any of its tensors is in, as far as they are names. */
export function filesBeside(model: ModelRecord): Set<string> {
  const external = scopesOf(model)
    .flatMap(tensorsOf)
    .filter(({ tensor }) => isExternal(tensor));
  const names = external.map(({ tensor }) => fileNameIn(tensor.external.location));
  return new Set(names.filter((name) => name !== undefined));
}

type Laid = Place & { readonly offset?: number };

/** Where each tensor lies; those in other files that share bytes are in one storage. */
function placesOf(
  found: readonly Found[],
  names: readonly string[],
  shapes: readonly (readonly number[])[],
  beside: readonly Part[],
  context: ErrorContext,
): Laid[] {
  const files = new ExternalFiles(
    beside,
    found.map(({ tensor }) => tensor),
    context,
  );
  const places = found.map(({ tensor, readOnly }, i): Laid => {
    if (readOnly) return { readOnly };
    const numel = numelOf(at(shapes, i));
    const name = at(names, i);
    return isExternal(tensor) ? files.placeOf(tensor, numel, name) : placeOf(tensor, numel, name, context);
  });
  const external = found.flatMap(({ tensor }, i) => {
    const { storage } = at(places, i);
    return storage && isExternal(tensor) ? [{ i, range: at(storage.segments, 0), bits: bitsOf(dtypeOf(tensor)) }] : [];
  });
  laidOut(external).forEach((laid, order) => {
    const { i } = at(external, order);
    places[i] = laid ? { ...places[i], ...laid } : { readOnly: acrossReason };
  });
  return places;
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
