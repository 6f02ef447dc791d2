/** Stands in for the browser's origin-private file system, which Node lacks. */
import { vi } from 'vitest';

/** An origin's private file system with room for `room` bytes; a full one writes short, or throws. */
export function stubFileSystem({
  room = Number.POSITIVE_INFINITY,
  throws = false,
  lost = 0,
  abandoned = [] as string[],
} = {}) {
  const files = new Map<string, number[]>(abandoned.map((name) => [name, []]));
  const opened = { handles: 0 };
  const handleOf = (name: string) => ({
    name,
    createSyncAccessHandle: async () => {
      opened.handles++;
      let isOpen = true;
      return {
        write(bytes: Uint8Array, { at }: { at: number }) {
          const content = files.get(name)!;
          const fits = Math.max(0, Math.min(bytes.length, room - at));
          if (throws && fits < bytes.length) throw new DOMException('Full.', 'QuotaExceededError');
          for (let i = 0; i < fits; i++) content[at + i] = bytes[i]!;
          return fits;
        },
        close: () => {
          if (isOpen) opened.handles--;
          isOpen = false;
        },
      };
    },
    getFile: async () => {
      const content = files.get(name)!;
      return new File([new Uint8Array(content.slice(0, content.length - lost))], name);
    },
  });
  const root = {
    keys: async function* () {
      yield* [...files.keys()];
    },
    removeEntry: async (name: string) => {
      files.delete(name);
    },
    getFileHandle: async (name: string) => {
      files.set(name, []);
      return handleOf(name);
    },
  };
  const locks = new Set<string>();
  vi.stubGlobal('navigator', {
    storage: { getDirectory: async () => root },
    locks: {
      request: async (name: string, hold: () => Promise<void>) => {
        locks.add(name);
        await hold();
        locks.delete(name);
      },
      query: async () => ({ held: [...locks].map((name) => ({ name })) }),
    },
  });
  return { files, opened, locks };
}
