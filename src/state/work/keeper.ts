/** Keeps the work on what is open as one goes, and knows what was kept of it before. Nothing waits for it. */
import type { StoreApi } from 'zustand/vanilla';
import { remember } from '../remembered';
import { screen } from '../screen';
import type { StudioState } from '../studio';
import { type Claims, createClaims } from './claims';
import { openDatabase } from './database';
import { OpenWork } from './openWork';
import { restoreWork } from './restoring';
import { type KeptFile, type Shelf, tooMany } from './shelf';
import { work } from './workState';

/** Milliseconds between writing what is only looked at otherwise: a list that is walked through is few changes. */
const pause = 500;

/** Work that goes on as soon as its file is open again. */
export interface Wanted {
  readonly hash: string;
  readonly fileName: string;
  readonly id: string;
}

export class Keeper {
  private readonly studio: StoreApi<StudioState>;
  private readonly shelf: Promise<Shelf>;
  private readonly claims: Claims;
  private current: OpenWork | undefined;
  private wanted: Wanted | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;
  /** It was looked at otherwise since the timer began. */
  private isDue = false;
  /** What comes from the shelf is not yet the work at hand. */
  private isRestoring = false;

  constructor(
    studio: StoreApi<StudioState>,
    openShelf: () => Promise<Shelf> = openDatabase,
    claimsOf: (changed: () => void) => Claims = createClaims,
  ) {
    this.studio = studio;
    this.claims = claimsOf(() => void this.lookAround());
    this.shelf = openShelf();
    this.shelf.catch(() => work.setState({ keeping: 'off' }));
    work.setState({
      restore: (id) => void this.restore(id),
      forget: (id) => void this.forget(id),
    });
    studio.subscribe((now, previous) => this.follow(now, previous));
    screen.subscribe((now, previous) => {
      if (now.editorTab !== previous.editorTab && studio.getState().opened && !this.isRestoring) this.saveView();
    });
    if (studio.getState().opened) void this.begin();
  }

  /** Goes on with this work once its file is open. */
  want(wanted: Wanted): void {
    this.wanted = wanted;
  }

  /** What lies on the shelf, and which of it other tabs have. */
  async files(): Promise<readonly KeptFile[]> {
    return (await this.shelf).files();
  }

  async claimed(): Promise<ReadonlySet<string>> {
    return this.claims.claimed();
  }

  async forgetFile(hash: string): Promise<void> {
    await (await this.shelf).forget(hash);
  }

  /** What other tabs did meanwhile. */
  async lookAround(): Promise<void> {
    const { current } = this;
    if (!current) return;
    const hash = await current.hash;
    const [file, claimed, elsewhere] = await Promise.all([
      this.shelf.then((shelf) => shelf.file(hash)),
      this.claims.claimed(),
      this.claims.others(hash),
    ]);
    if (this.current !== current) return;
    const others = (file?.works ?? []).filter(({ id }) => id !== current.id);
    work.setState({ elsewhere, offers: others.map((each) => ({ ...each, isElsewhere: claimed.has(each.id) })) });
  }

  private follow(now: StudioState, previous: StudioState): void {
    if (now.opened !== previous.opened) {
      clearTimeout(this.timer);
      this.timer = undefined;
      void this.begin();
      return;
    }
    if (!now.opened || this.isRestoring) return;
    if (now.history !== previous.history || now.snapshots !== previous.snapshots) this.save();
    else if (looksOtherwise(now, previous)) this.saveView();
  }

  private save(): void {
    this.current?.save(this.studio.getState());
  }

  /** The first change at once: the page may be gone by the next. */
  private saveView(): void {
    if (this.timer) {
      this.isDue = true;
      return;
    }
    this.save();
    this.isDue = false;
    this.timer = setTimeout(() => {
      this.timer = undefined;
      if (this.isDue) this.saveView();
    }, pause);
  }

  /** With what is open now, which may be nothing. */
  private async begin(): Promise<void> {
    const { opened } = this.studio.getState();
    void this.current?.end();
    this.current = undefined;
    work.setState({ offers: [], isOffering: false, elsewhere: 0 });
    if (work.getState().keeping !== 'off') work.setState({ keeping: 'nothing' });
    const shelf = await this.shelf.catch(() => undefined);
    if (!shelf || this.studio.getState().opened !== opened) return;
    if (!opened) {
      await this.claims.open(undefined);
      return;
    }
    const current: OpenWork = new OpenWork(opened, shelf, this.claims, (keeping) => {
      if (this.current === current) work.setState({ keeping });
    });
    this.current = current;
    // What was done while the shelf was opened.
    current.save(this.studio.getState());
    const hash = await current.hash;
    if (this.current !== current) return;
    await this.claims.open(hash);
    await this.lookAround();
    if (this.current !== current) return;
    await current.note(this.studio.getState()).catch(() => {});
    // The start page looks for what was kept at once then.
    remember('secateur-visited', '1');
    this.offer(hash);
    await this.tidy(shelf);
  }

  /** What was wanted goes on; anything else is offered. */
  private offer(hash: string): void {
    const { wanted, studio } = this;
    this.wanted = undefined;
    const { offers } = work.getState();
    if (wanted && wanted.hash === hash && offers.some(({ id }) => id === wanted.id)) {
      void this.restore(wanted.id);
      return;
    }
    const { opened, say } = studio.getState();
    if (wanted && wanted.fileName === opened?.fileName && wanted.hash !== hash) {
      say(`${wanted.fileName} holds other weights than before: the work that was kept belongs to those.`);
    }
    work.setState({ isOffering: offers.length > 0 });
  }

  private async restore(id: string): Promise<void> {
    const { current, studio } = this;
    const offer = work.getState().offers.find((each) => each.id === id);
    if (!current || !offer || this.isRestoring) return;
    const document = await (await this.shelf).work(id);
    if (this.current !== current) return;
    this.isRestoring = true;
    const isRestored = await restoreWork(studio, document, () => current.goOnWith(id)).finally(() => {
      this.isRestoring = false;
    });
    if (isRestored && this.current === current) {
      work.setState({ isOffering: false });
      this.save();
      // Once it is written: what it was before is another's offer no longer.
      await current.rest();
    }
    await this.lookAround();
  }

  private async forget(id: string): Promise<void> {
    const { current } = this;
    if (!current) return;
    await (await this.shelf).forget(await current.hash, id);
    await this.lookAround();
    if (work.getState().offers.length === 0) work.setState({ isOffering: false });
  }

  /** The oldest go, once there are very many. */
  private async tidy(shelf: Shelf): Promise<void> {
    const claimed = await this.claims.claimed();
    for (const { hash, work: id } of tooMany(await shelf.files(), claimed)) await shelf.forget(hash, id);
  }
}

function looksOtherwise(now: StudioState, previous: StudioState): boolean {
  return (
    now.pinned !== previous.pinned ||
    now.selection !== previous.selection ||
    now.editScope !== previous.editScope ||
    now.filter !== previous.filter ||
    now.unfolded !== previous.unfolded ||
    now.openGroups !== previous.openGroups ||
    now.evaluation.inputs !== previous.evaluation.inputs
  );
}
