/** Modules that are fetched when they are needed, or before that, when there is nothing else to do. */
import { CheckpointError } from './errors';

const waiting: (() => Promise<unknown>)[] = [];

/**
 * @param load as `() => import('./part')`: whoever asks again gets the same module, or tries once more
 * @returns the same; it throws CheckpointError `internal` where the module cannot be had
 */
export function later<Module>(load: () => Promise<Module>): () => Promise<Module> {
  const fetch = async () => {
    try {
      return await load();
    } catch (cause) {
      const advice = 'Check that Secateur can still be reached where it was opened, and try again.';
      throw new CheckpointError('internal', `A part of Secateur could not be loaded: ${cause}`, { advice }, { cause });
    }
  };
  waiting.push(fetch);
  return fetch;
}

/** Fetches what was left for later, one by one. What fails is said where it is used. */
export async function fetchRest(): Promise<void> {
  for (let fetch = waiting.shift(); fetch; fetch = waiting.shift()) await fetch().catch(() => {});
}
