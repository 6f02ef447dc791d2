import type { ComponentType } from 'react';
import { enqueue } from './queue';

/** A component in a file of its own, which is fetched when the page is idle, or when it is shown before that. */
export interface LaterPart<Props> {
  /** Undefined until it is there. */
  readonly get: () => ComponentType<Props> | undefined;
  /** @returns one promise for all who ask, until it fails: who asks then tries again (`React.lazy` keeps a failure for good) */
  readonly fetch: () => Promise<void>;
  /** @param listener called when it is there @returns ends that */
  readonly subscribe: (listener: () => void) => () => void;
}

/** @param load as `() => import('./Part').then(({ Part }) => Part)` */
export function later<Props extends object>(load: () => Promise<ComponentType<Props>>): LaterPart<Props> {
  let part: ComponentType<Props> | undefined;
  let loading: Promise<void> | undefined;
  const listeners = new Set<() => void>();

  async function fetch(): Promise<void> {
    try {
      part = await load();
    } catch (error) {
      loading = undefined;
      throw error;
    }
    for (const listener of listeners) listener();
  }

  const it: LaterPart<Props> = {
    get: () => part,
    fetch: () => {
      loading ??= fetch();
      return loading;
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
  enqueue(it.fetch);
  return it;
}
