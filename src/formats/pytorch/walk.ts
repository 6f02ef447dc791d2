/**
 * From an unpickled object to its tensors under the names that PyTorch's state dicts give them. Objects may be shared
 * (tied modules have every name) and may contain themselves; nothing here recurses.
 */
import { CheckpointError, type ErrorContext } from '../../lib/errors';
import type { PyValue } from './pickle/values';
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
}

/**
 * In the order of the file, optimizer state last (where it shares a storage with a model, the model's name counts).
 * @throws CheckpointError `unsupported-feature` beyond a depth of 1000 or a million names
 */
export function findTensors(root: PyValue, context: ErrorContext): FoundTensor[] {
  if (root instanceof TensorValue) return [{ container: '', name: 'tensor', tensor: root }];
  if (!isContainer(root)) return [];
  const bearing = tensorBearing(root);
  const found: FoundTensor[] = [];
  const seen = new Set<PyValue>();
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

  const top = { path: '', container: '', name: '', once: false };
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
    if (value instanceof TensorValue) {
      characters += frame.container.length + name.length;
      if (found.length >= maxNames || characters > maxCharacters) {
        throw tooMuch('has more names for tensors than Secateur lists', context);
      }
      seen.add(value);
      const role = frame.optimizer ? 'optimizer' : edge.buffer ? 'buffer' : undefined;
      found.push({ container: frame.container, name, tensor: value, ...(role ? { role } : {}) });
    } else if (isContainer(value) && bearing.has(value) && !above.has(value)) {
      const path = joined(frame.path, key);
      const optimizer = frame.optimizer || isOptimizer(value, key);
      const pinned = frame.pinned || takesName(value) || optimizer;
      const starts = !frame.pinned && (pinned || startsStateDict(value));
      const place = starts ? { container: path, name: '' } : { container: frame.container, name };
      enter(value, { path, ...place, pinned, optimizer, once });
    }
  }
  return [...found.filter(({ role }) => role !== 'optimizer'), ...found.filter(({ role }) => role === 'optimizer')];
}

function joined(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`;
}

/** The containers from which a tensor can be reached. */
function tensorBearing(root: PyContainer): Set<PyContainer> {
  const parents = new Map<PyContainer, PyContainer[]>([[root, []]]);
  const bearing = new Set<PyContainer>();
  // A Map grows while it is walked, and the walk goes on into what was added.
  for (const parent of parents.keys()) {
    for (const { value } of edgesOf(parent)) {
      if (value instanceof TensorValue) bearing.add(parent);
      if (!isContainer(value)) continue;
      const known = parents.get(value);
      if (known) known.push(parent);
      else parents.set(value, [parent]);
    }
  }
  for (const container of bearing) for (const parent of parents.get(container)!) bearing.add(parent);
  return bearing;
}

function tooMuch(what: string, context: ErrorContext): CheckpointError {
  return new CheckpointError('unsupported-feature', `The pickle ${what}.`, context);
}
