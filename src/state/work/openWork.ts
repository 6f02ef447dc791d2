/** The work on one open checkpoint: under which id it lies on the shelf, and what of it waits to be written. */
import type { OpenedCheckpoint } from '../checkpointSlice';
import { screen } from '../screen';
import type { StudioState } from '../studio';
import type { Claims } from './claims';
import { type Work, writeWork } from './document';
import { fingerprintOf } from './fingerprint';
import { handleOf } from './handles';
import { inputsToKeep } from './keptInputs';
import type { OpenedFile, Shelf, WorkSummary } from './shelf';
import type { Keeping } from './workState';
import { Writer } from './writer';

export class OpenWork {
  readonly opened: OpenedCheckpoint;
  /** Known once everything that was measured went through a hash. */
  readonly hash: Promise<string>;
  id = newId();
  private readonly shelf: Shelf;
  private readonly claims: Claims;
  private readonly show: (keeping: Keeping) => void;
  private readonly writer = new Writer();
  /** It was written, or came from the shelf: from then on every change is. */
  private isKept = false;

  /** @param show of this work, while it is the one at hand */
  constructor(opened: OpenedCheckpoint, shelf: Shelf, claims: Claims, show: (keeping: Keeping) => void) {
    this.opened = opened;
    this.shelf = shelf;
    this.claims = claims;
    this.show = show;
    this.hash = fingerprintOf(opened);
  }

  /** Puts the file among the recent ones. */
  async note(state: StudioState): Promise<void> {
    await this.shelf.putFile(this.fileOf(await this.hash, state));
  }

  /** Nothing is kept of a checkpoint that was only looked at. */
  save(state: StudioState): void {
    if (!this.isKept && !isWorthKeeping(state)) return;
    this.isKept = true;
    this.show('writing');
    // What is written is what was there when it was asked for: another file may be open by then.
    const document = writeWork(workOf(state));
    const about = summaryOf(state, Date.now());
    this.writer.write(async () => {
      try {
        const hash = await this.hash;
        await this.claims.claim(this.id);
        await this.shelf.putWork(this.fileOf(hash, state), { id: this.id, ...about }, document);
        this.show('kept');
      } catch (error) {
        this.show(error instanceof DOMException && error.name === 'QuotaExceededError' ? 'full' : 'off');
      }
    });
  }

  /** Goes on with work from the shelf, or with a copy of it where another tab has it. @returns whether it is a copy */
  async goOnWith(id: string): Promise<boolean> {
    await this.writer.rest();
    this.claims.release(this.id);
    const isMine = await this.claims.claim(id);
    this.id = isMine ? id : newId();
    this.isKept = true;
    return !isMine;
  }

  /** Resolves once everything is written. */
  async rest(): Promise<void> {
    await this.writer.rest();
  }

  /** Lets go of it once everything is written. */
  async end(): Promise<void> {
    await this.rest();
    this.claims.release(this.id);
  }

  private fileOf(hash: string, { origin }: StudioState): OpenedFile {
    const { fileName, size, format } = this.opened;
    const handles = origin?.files.map(handleOf) ?? [];
    const all = handles.filter((handle) => handle !== undefined);
    return {
      hash,
      fileName,
      size,
      format,
      at: Date.now(),
      sample: origin?.sample ?? null,
      handles: all.length === handles.length ? all : [],
    };
  }
}

/** Unlike any other, of other tabs too. */
function newId(): string {
  return [...crypto.getRandomValues(new Uint8Array(12))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

function isWorthKeeping({ history, snapshots }: StudioState): boolean {
  return history.past.length + history.future.length + snapshots.length > 0;
}

function workOf(state: StudioState): Work {
  const { history, snapshots, pinned, selection, editScope, filter, unfolded, openGroups, evaluation } = state;
  const inputs = inputsToKeep(evaluation, state.canEvaluateCheckpoint(), state.origin?.sample != null);
  return {
    history,
    snapshots,
    pinned,
    selection,
    view: { editScope, filter, unfolded, openGroups: [...openGroups], tab: screen.getState().editorTab },
    ...(inputs && { inputs }),
  };
}

function summaryOf({ history, snapshots, outcome }: StudioState, at: number): Omit<WorkSummary, 'id'> {
  return {
    at,
    what: history.present.what,
    changes: history.past.length,
    snapshots: snapshots.length,
    sparsity: outcome.sparsity,
  };
}
