/** From the records of a model to the tensors of a checkpoint. */
import type { ErrorContext } from '../../lib/errors';
import { at, known } from '../../lib/known';
import { getOrInsert } from '../../lib/maps';
import type { Part } from '../../lib/parts';
import type { ByteSource } from '../../lib/source';
import { isPrunableDtype } from '../../tensors/dtype';
import type { EncodedElements } from '../../tensors/encodedElements';
import type { Declared } from '../../tensors/evidence';
import { codesUsesOf } from '../../tensors/graph/codes';
import { constantOf, isConstant } from '../../tensors/graph/graph';
import { scopesOf } from '../../tensors/graph/scopes';
import { type TensorUses, usesOf } from '../../tensors/graph/uses';
import { judge } from '../../tensors/judge/judge';
import type { Judgement } from '../../tensors/judge/judgement';
import type { Judged } from '../../tensors/judge/stateDict';
import { type ByteRange, contiguousStrides, type Storage, type TensorInfo } from '../../tensors/tensor';
import type { Digest } from '../format';
import { uniqueNames } from '../names';
import { codingsOf } from './codings';
import { formsOf } from './forms';
import type { WholeModel } from './graphProto';
import { graphsOf, type PlacedGraph } from './placedGraphs';
import { placesOf } from './places';
import { dtypeOf, isExternal, type SparseRecord, type TensorRecord } from './tensorProto';

/** A tensor found in the model, with what is known of its place and name. */
interface Found {
  readonly name: string;
  readonly within: PlacedGraph;
  readonly tensor: TensorRecord;
  readonly shape: readonly number[];
  /** Values and their places are all of it. */
  readonly sparse?: SparseRecord;
  readonly readOnly?: string;
}

export interface Listing {
  readonly tensors: readonly TensorInfo[];
  readonly storages: readonly Storage[];
  /** Halves in int32_data, and codes. */
  readonly encoded: readonly EncodedElements[];
  /** Of files beside the model. */
  readonly digests: readonly Digest[];
  /** Tensors whose elements are nowhere: see `Place`. */
  readonly missing: readonly Missing[];
}

export interface Missing {
  readonly tensor: TensorInfo;
  /** The file that has the elements, '' where none does. */
  readonly file: string;
  /** The file is said to be where none is looked for. */
  readonly isOutside: boolean;
}

const sparseReason = 'sparse (values and indices)';
const replacedReason = 'a later initializer of the same name takes its place';
const quantisedReason = 'quantised, in a way that Secateur does not read: its zero point is not known';

const training = { kind: 'optimizer', because: 'part of the training information' } as const;

/**
 * Gives the model's tensors their ids.
 * @param source of the model and of the files beside it
 * @throws CheckpointError `malformed-file` when a tensor's bytes do not fit its shape and dtype
 */
export async function listTensors(
  model: WholeModel,
  source: ByteSource,
  beside: readonly Part[],
  context: ErrorContext,
): Promise<Listing> {
  const found = foundIn(model);
  const names = uniqueNames(
    found.map(({ name, within }) => ({ name: name || '(unnamed)', container: within.container })),
  );
  const named = found.map((each, i) => ({ ...each, name: at(names, i) }));
  const scopes = scopesOf(model);
  const uses = usesOf(scopes);
  const usesAt = (id: number): TensorUses => known(uses, id);
  const { places, digests } = placesOf(named, beside, context);
  const codings = await codingsOf(source, found, places, codesUsesOf(scopes));
  const judgements = judge(
    found.map(({ name, tensor, shape }, i): Judged => {
      const declared = asWeight(usesAt(i));
      return {
        name,
        container: '',
        dtype: codings.get(i)?.coding ? 'F32' : dtypeOf(tensor),
        shape,
        ...(declared && { declared }),
      };
    }),
    'graph',
  );
  const { forms, encoded } = await formsOf(source, named, places, codings, context);
  const storages = new Map<ByteRange, Storage>();
  const idOf = new Map<Storage, number>();
  const tensors: TensorInfo[] = [];
  const missing: Missing[] = [];
  for (const [i, { name, within, tensor, shape }] of named.entries()) {
    const place = at(places, i);
    const form = forms[i];
    const isRead = typeof form === 'object';
    const storage = isRead
      ? getOrInsert(storages, form.elements.addresses, () => storageOf(form.elements))
      : place.storage;
    const coded = codings.get(i);
    const isOdd = usesAt(i).quantised && !isPrunableDtype(dtypeOf(tensor));
    const unread = isRead ? undefined : (form ?? place.readOnly);
    const readOnly = coded ? coded.readOnly : isOdd ? quantisedReason : unread;
    const own = isRead ? form : { dtype: dtypeOf(tensor), shape };
    const info: TensorInfo = {
      name,
      container: within.container,
      dtype: own.dtype,
      ...(isRead && form.stored && { stored: form.stored }),
      shape: own.shape,
      strides: contiguousStrides(own.shape),
      storage: storage ? getOrInsert(idOf, storage, () => idOf.size) : -1,
      storageOffset: isRead ? 0 : (place.offset ?? 0),
      ...(within.training ? training : kindOf(usesAt(i), at(judgements, i))),
      ...(readOnly === undefined ? {} : { readOnly }),
      ...(readOnly !== undefined && isRead && { measured: true as const }),
    };
    tensors.push(info);
    if (place.missing !== undefined) {
      missing.push({ tensor: info, file: place.missing, isOutside: place.isOutside === true });
    }
  }
  return { tensors, storages: [...idOf.keys()], encoded, digests, missing };
}

/** Places outside the model that any of its tensors is said to be in, as written. */
export function locationsIn(model: WholeModel): Set<string> {
  const external = foundIn(model).filter(({ tensor }) => isExternal(tensor));
  return new Set(external.map(({ tensor }) => tensor.external.location));
}

function foundIn(model: WholeModel): Found[] {
  const found: Found[] = [];
  for (const within of graphsOf(model)) listGraph(within, found);
  return found;
}

function storageOf({ addresses }: EncodedElements): Storage {
  return { segments: [addresses], byteLength: addresses.end - addresses.start };
}

/** What makes a weight of it; what only says that it is none leaves room for what its name says. */
function asWeight({ declared }: TensorUses): Declared | undefined {
  return declared?.kind === 'parameter' ? undefined : declared;
}

/** What the graph says goes first; where no operator makes a weight of it, its name may say what it is beside them. */
function kindOf(uses: TensorUses, judgement: Judgement): Judgement {
  const { declared, quantised } = uses;
  const weight = asWeight(uses);
  if (quantised && weight) return weight;
  if (!declared || declared === weight) return judgement;
  if (judgement.kind === 'unknown' || judgement.kind === 'parameter') return declared;
  return { ...judgement, because: [judgement.because, declared.because].filter(Boolean).join('; ') };
}

/** The tensors of one graph: initializers, sparse ones, then Constant nodes under the name of their output. */
function listGraph(within: PlacedGraph, found: Found[]): void {
  const { initializers, sparseInitializers, nodes } = within.graph;
  const list = (id: TensorRecord | SparseRecord, each: Omit<Found, 'within' | 'shape'>) => {
    id.tensor = found.push({ within, shape: id.shape, ...each }) - 1;
  };
  const last = new Map(initializers.map((tensor) => [tensor.name, tensor]));
  for (const tensor of initializers) {
    const { name } = tensor;
    list(tensor, { name, tensor, ...(last.get(name) === tensor ? {} : { readOnly: replacedReason }) });
  }
  const listSparse = (sparse: SparseRecord, name: string) =>
    list(sparse, { name, tensor: sparse.values, sparse, readOnly: sparseReason });
  for (const sparse of sparseInitializers) listSparse(sparse, sparse.name);
  for (const node of nodes.filter(isConstant)) {
    const name = node.outputs[0] ?? node.name;
    const tensor = constantOf<TensorRecord>(node);
    if (tensor) list(tensor, { name, tensor });
    const sparse = node.attributes.get('sparse_value')?.sparse;
    if (sparse) listSparse(sparse, name);
  }
}
