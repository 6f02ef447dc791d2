/** From names that are unique in a checkpoint back to the keys of its state dicts. */
import { known } from '../lib/known';
import type { TensorInfo } from './tensor';

/**
 * The key of each tensor in its own state dict: its name, without the container that stands before it where several state
 * dicts hold the same key.
 */
export function keysOf(tensors: readonly Pick<TensorInfo, 'name' | 'container'>[]): string[] {
  /** Containers that may hold a key: those whose name stands before it, and '' for a name that has nothing before it. */
  const holders = new Map<string, Set<string>>();
  const hold = (key: string, container: string) => {
    const containers = holders.get(key);
    if (containers) containers.add(container);
    else holders.set(key, new Set([container]));
  };
  const stripped = tensors.map(({ name, container }) => {
    if (container === '') {
      hold(name, '');
      return undefined;
    }
    const prefix = `${container}.`;
    if (!name.startsWith(prefix)) return undefined;
    const key = name.slice(prefix.length);
    hold(key, container);
    return key;
  });
  return tensors.map(({ name }, i) => {
    const key = stripped[i];
    return key !== undefined && known(holders, key).size > 1 ? key : name;
  });
}
