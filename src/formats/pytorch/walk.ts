/**
 * From an unpickled object to its tensors under the names that PyTorch's state dicts give them. Objects may be shared
 * (tied modules have every name) and may contain themselves; nothing here recurses.
 */
import { CheckpointError, type ErrorContext } from '../../lib/errors';
import { known } from '../../lib/known';
import type { Declared } from '../../tensors/evidence';
import { arrayTensor } from './numpyArrays';
import { PyObj, type PyValue } from './pickle/values';
import {
  type Edge,
  edgesOf,
  isContainer,
  isOptimizer,
  type PyContainer,
  startsStateDict,
  takesName,
} from './structure';
import { TensorValue } from './tensorValue';

export interface FoundTensor {
  /** Where its state dict sits, '' at the top. */
  readonly container: string;
  /** Its key there; dotted inside a module, an optimizer or any other object. */
  readonly name: string;
  readonly tensor: TensorValue;
  /** What is known of it from where it was found. */
  readonly role?: 'optimizer' | 'buffer';
  /** Absent where it is in a plain collection. */
  readonly owner?: Owner;
  /** What the file says it is. */
  readonly declared?: Declared;
}

/** The object that something is a part of. */
export interface Owner {
  readonly object: PyObj;
  /** Under which attribute or key. */
  readonly key: string;
  readonly kind: Edge['kind'];
  /** Where the object itself is. */
  readonly owner?: Owner | undefined;
}

/** Deeper than any model; keeps paths short. */
const maxDepth = 1000;
/** Names listed, objects entered and characters in names: what many names for few objects could multiply to. */
const maxNames = 1_000_000;
const maxEntered = 5_000_000;
const maxCharacters = 2 ** 27;

interface Frame {
  readonly value: PyContainer;
  readonly edges: Iterator<Edge>;
  /** Full path, path of the state dict, and path inside it. */
  readonly path: string;
  readonly container: string;
  readonly name: string;
  /** Inside an object or optimizer: all further keys are part of names. */
  readonly pinned: boolean;
  readonly optimizer: boolean;
  /** Reached over an attribute that is no registered part of a model: what has a name already needs no other. */
  readonly once: boolean;
  readonly owner: Owner | undefined;
}

/**
 * In the order of the file, optimizer state last (where it shares a storage with a model, the model's name counts).
 * @throws CheckpointError `unsupported-feature` beyond a depth of 1000 or a million names
 */
export function findTensors(root: PyValue, context: ErrorContext): FoundTensor[] {
  if (root instanceof TensorValue) return [{ container: '', name: 'tensor', tensor: root }];
  const array = root instanceof PyObj ? arrayTensor(root) : undefined;
  if (array) return [{ container: '', name: 'array', tensor: array }];
  if (!isContainer(root)) return [];
  const tensorIn = withArrays();
  const bearing = tensorBearing(root, tensorIn);
  const found: FoundTensor[] = [];
  const seen = new Set<PyValue>();
  const places = new Set<string>();
  const above = new Set<PyValue>();
  const stack: Frame[] = [];
  let entered = 0;
  let characters = 0;

  const enter = (value: PyContainer, place: Omit<Frame, 'value' | 'edges'>) => {
    if (stack.length >= maxDepth) throw tooMuch(`nests tensors more than ${maxDepth} levels deep`, context);
    if (++entered > maxEntered) throw tooMuch('shares its objects so often that their names have no end', context);
    seen.add(value);
    above.add(value);
    stack.push({ value, edges: edgesOf(value)[Symbol.iterator](), ...place });
  };

  const top = { path: '', container: '', name: '', once: false, owner: undefined };
  enter(root, { ...top, pinned: takesName(root) || isOptimizer(root), optimizer: isOptimizer(root) });
  for (let frame = stack.at(-1); frame; frame = stack.at(-1)) {
    const { done, value: edge } = frame.edges.next();
    if (done) {
      above.delete(frame.value);
      stack.pop();
      continue;
    }
    const { value, key } = edge;
    const once = (edge.kind === 'entry' && frame.once) || edge.kind === 'attribute';
    if (once && seen.has(value)) continue;
    const name = joined(frame.name, key);
    const tensor = tensorIn(value);
    const owner = ownerIn(frame, edge);
    if (tensor) {
      // TorchScript pickles a tensor anew wherever it is kept (an LSTM's are in a list of them, too); Python a `.data`.
      const place = (owner ?? frame.owner) && placeOf(tensor);
      if (once && place !== undefined && places.has(place)) continue;
      if (place !== undefined) places.add(place);
      characters += frame.container.length + name.length;
      if (found.length >= maxNames || characters > maxCharacters) {
        throw tooMuch('has more names for tensors than Secateur lists', context);
      }
      seen.add(value);
      const role = frame.optimizer ? 'optimizer' : edge.buffer ? 'buffer' : undefined;
      const { container } = frame;
      found.push({ container, name, tensor, ...(role ? { role } : {}), ...(owner ? { owner } : {}) });
    } else if (isContainer(value) && bearing.has(value) && !above.has(value)) {
      const path = joined(frame.path, key);
      const optimizer = frame.optimizer || isOptimizer(value, key);
      const pinned = frame.pinned || takesName(value) || optimizer;
      const starts = !frame.pinned && (pinned || startsStateDict(value));
      const place = starts ? { container: path, name: '' } : { container: frame.container, name };
      enter(value, { path, ...place, pinned, optimizer, once, owner });
    }
  }
  return [...found.filter(({ role }) => role !== 'optimizer'), ...found.filter(({ role }) => role === 'optimizer')];
}

function ownerIn({ value: object, owner }: Frame, { key, kind }: Edge): Owner | undefined {
  return object instanceof PyObj ? { object, key, kind, owner } : undefined;
}

function joined(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`;
}

type TensorIn = (value: PyValue) => TensorValue | undefined;

/** Tensors, and NumPy's arrays as one tensor each. */
function withArrays(): TensorIn {
  const arrays = new Map<PyObj, TensorValue | undefined>();
  return (value) => {
    if (!(value instanceof PyObj)) return value instanceof TensorValue ? value : undefined;
    if (!arrays.has(value)) arrays.set(value, arrayTensor(value));
    return arrays.get(value);
  };
}

/** Equal for two names of the same elements. */
function placeOf({ storage, offset, shape, strides }: TensorValue): string | undefined {
  return storage && `${storage.key} ${offset} ${shape.join(' ')}, ${strides.join(' ')}`;
}

/** The containers from which a tensor can be reached. */
function tensorBearing(root: PyContainer, tensorIn: TensorIn): Set<PyContainer> {
  const parents = new Map<PyContainer, PyContainer[]>([[root, []]]);
  const bearing = new Set<PyContainer>();
  // A Map grows while it is walked, and the walk goes on into what was added.
  for (const parent of parents.keys()) {
    for (const { value } of edgesOf(parent)) {
      if (tensorIn(value)) {
        bearing.add(parent);
        continue;
      }
      if (!isContainer(value)) continue;
      const known = parents.get(value);
      if (known) known.push(parent);
      else parents.set(value, [parent]);
    }
  }
  for (const container of bearing) for (const parent of known(parents, container)) bearing.add(parent);
  return bearing;
}

function tooMuch(what: string, context: ErrorContext): CheckpointError {
  return new CheckpointError('unsupported-feature', `The pickle ${what}.`, context);
}
