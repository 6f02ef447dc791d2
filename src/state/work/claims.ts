/** What other tabs are at: each piece of work is written by one tab alone, and tabs with the same file know of each other. */

export interface Claims {
  /** Makes a piece of work this tab's, until it is let go or the tab is gone. @returns false where another tab has it, or nobody can tell */
  claim(work: string): Promise<boolean>;
  release(work: string): void;
  /** Ids of work that some tab has, this one among them. */
  claimed(): Promise<ReadonlySet<string>>;
  /** Says that this tab has a file open, in the place of the one before; undefined: none. */
  open(hash: string | undefined): Promise<void>;
  /** How many other tabs have it open. */
  others(hash: string): Promise<number>;
}

const ofWork = 'secateur-work ';
const ofFile = 'secateur-file ';

/**
 * By the browser's locks: they go with the tab, however it ends. Pages without a certificate have none: no tab knows of another
 * there, and none goes on with work that may be another's.
 * @param changed called when other tabs open or close files
 */
export function createClaims(changed: () => void): Claims {
  const { locks } = navigator;
  const held = new Map<string, () => void>();
  const channel = new BroadcastChannel('secateur-work');
  channel.onmessage = changed;
  let openFile: string | undefined;

  const hold = (name: string, options: LockOptions) =>
    new Promise<boolean>((resolve) => {
      locks
        .request(name, options, (lock) => {
          resolve(lock !== null);
          return lock ? new Promise<void>((release) => held.set(name, release)) : undefined;
        })
        .catch(() => resolve(false));
    });
  const letGo = (name: string) => {
    held.get(name)?.();
    held.delete(name);
  };
  const names = async () => ((await locks?.query())?.held ?? []).map(({ name = '' }) => name);

  return {
    claim: async (work) => {
      const name = ofWork + work;
      if (held.has(name)) return true;
      return locks ? hold(name, { ifAvailable: true }) : false;
    },
    release: (work) => letGo(ofWork + work),
    claimed: async () => {
      const all = await names();
      return new Set(all.filter((name) => name.startsWith(ofWork)).map((name) => name.slice(ofWork.length)));
    },
    open: async (hash) => {
      if (openFile !== undefined) letGo(ofFile + openFile);
      openFile = hash;
      if (hash !== undefined && locks) await hold(ofFile + hash, { mode: 'shared' });
      channel.postMessage(null);
    },
    others: async (hash) => {
      const here = held.has(ofFile + hash) ? 1 : 0;
      return (await names()).filter((name) => name === ofFile + hash).length - here;
    },
  };
}
