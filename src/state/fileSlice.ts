/** Files that are given to the studio, by whatever way: what they mean is decided, asked where a person has to say it, and done. */

import type { FoundCheckpoint } from '../engine/protocol';
import { CheckpointError, throwIfCancelled } from '../lib/errors';
import { namesInWords } from '../lib/fileNames';
import { at } from '../lib/known';
import { formatQuantity } from '../lib/numbers';
import { forgetScoresBy } from './answers';
import type { CompareSlice } from './compareSlice';
import type { StudioContext } from './context';
import { filesToOpen, graphBeside, hasToCompare, isGraphOf, meaningOf, type Situation } from './dropMeaning';
import { type Dropped, type DroppedRecipe, nameToShow, sortDropped } from './dropped';
import type { EvaluationSlice } from './evaluationSlice';
import { type GivenInputs, inputsGiven } from './givenInputs';
import { createOpening, type OpeningStudio } from './opening';
import type { RecipeHistory } from './recipeSlice';
import { fetchSample } from './samples';
import { screen } from './screen';
import type { RunOperation } from './statusSlice';
import { hasUnsavedWork } from './unsaved';

/** A checkpoint of a folder that was dropped. */
export type { FoundCheckpoint } from '../engine/protocol';

/** What a person has to say before files are taken. */
export interface Question {
  /** What another checkpoint is to be, or whether a graph is that of the open checkpoint. */
  readonly about: 'another' | 'graph' | 'which';
  /** Of what was given. */
  readonly fileName: string;
  /** Tensors of the open checkpoint that it holds, too: with none it can be no reference. */
  readonly inCommon: number;
  readonly isUnsaved: boolean;
  /** Of a folder, the checkpoints in it, and what is left aside. */
  readonly found?: { readonly checkpoints: readonly FoundCheckpoint[]; readonly rest: readonly string[] };
}

export type Choice = 'replace' | 'compare' | 'reference' | 'graph' | 'cancel';

export interface FileSlice {
  /** A recipe that came before a checkpoint: it is applied to the next one that opens. */
  readonly awaited: DroppedRecipe | null;
  forgetAwaited(): void;
  /** Null while nothing is asked. */
  readonly question: Question | null;
  answer(choice: Choice): Promise<void>;
  /** Opens one of those that were found in a folder. */
  openFound(found: FoundCheckpoint): Promise<void>;
  /** From the input that opens checkpoints. */
  openFiles(files: readonly File[]): Promise<void>;
  /**
   * From anywhere on the window: what is open decides what they mean.
   * @param folders of each file, '' where there is none
   * @param paths of these folders, where a whole folder was dropped: of several checkpoints in it one is asked for
   */
  takeDropped(files: readonly File[], folders?: readonly string[], paths?: readonly string[]): Promise<void>;
  /** Fetches `samples/<name>` from our own origin and opens it. */
  openSample(name: string): Promise<void>;
  /** @param fetched what is opened as if it was dropped, once it is here; it shows how far it is, in bytes */
  openFetched(
    name: string,
    fetched: (signal: AbortSignal, show: (done: number, total: number) => void) => Promise<readonly File[]>,
  ): Promise<void>;
  openReference(file: File): Promise<void>;
  /** @param text of a recipe that is in no file @param name what it is called */
  applyRecipeText(text: string, name: string): Promise<void>;
}

type Known = OpeningStudio & FileSlice & EvaluationSlice & CompareSlice;

/** Files as they wait for an answer. */
interface Waiting {
  readonly files: readonly File[];
  readonly dropped: Dropped;
  readonly sample: string | null;
  readonly kept: GivenInputs | undefined;
  /** That came together with the weights. */
  readonly graph: File | undefined;
}

/** Its own files, and what belongs to any checkpoint: recipes, inputs, a graph. */
function isOf(found: FoundCheckpoint, file: File, toOpen: readonly File[]): boolean {
  const index = toOpen.indexOf(file);
  return index < 0 || found.files.includes(index);
}

/** Of the folder that was dropped. */
function folderName(paths: readonly string[]): string {
  return paths[0]?.split('/')[0] ?? '';
}

export function createFileSlice(context: StudioContext<Known>, run: RunOperation, history: RecipeHistory): FileSlice {
  const { get, set, engine } = context;
  const opening = createOpening(context, history);
  let waiting: Waiting | undefined;
  /** Takes what a person chose of a folder. */
  let takeFound: ((found: FoundCheckpoint) => Promise<void>) | undefined;

  const situation = (way: Situation['way']): Situation => {
    const { checkpoint } = get();
    if (!checkpoint) return { way };
    return { way, open: { isGraph: checkpoint.can.graph === true, isUnsaved: hasUnsavedWork(get()) } };
  };

  const ask = (question: Question, files: Waiting) => {
    waiting = files;
    set({ question });
    screen.getState().show('another');
  };

  const open = async ({ files, dropped, sample, kept, graph }: Waiting, signal: AbortSignal) => {
    await opening.open(files, sample, dropped, signal);
    if (kept) {
      get().keepInputs(kept);
      get().say(`${namesInWords(kept.files.map(({ name }) => name))}: kept as inputs for when the model is evaluated.`);
    }
    if (graph) await offerGraph(graph, signal);
  };

  /** Of weights that were just opened. */
  const offerGraph = async (graph: File, signal: AbortSignal) => {
    const likeness = await engine.call('compare', { files: [graph] }, { signal }).catch((error: unknown) => {
      // What is wrong with it is no reason to take back what was opened; opened alone, it says so.
      throwIfCancelled(signal);
      return error instanceof CheckpointError ? undefined : Promise.reject(error);
    });
    const nothing: Dropped = await sortDropped([]);
    const alone: Waiting = { files: [graph], dropped: nothing, sample: null, kept: undefined, graph: undefined };
    if (likeness && isGraphOf(likeness)) {
      ask({ about: 'graph', fileName: graph.name, inCommon: likeness.ofSameName, isUnsaved: false }, alone);
    } else get().say(`${graph.name} was left aside: it is not the graph of what was opened with it.`);
  };

  const readReference = async (files: readonly File[], signal: AbortSignal) => {
    const reference = await engine.call('openReference', { files }, { signal });
    forgetScoresBy('reference', context.answers);
    set({ reference });
    history.refresh();
    return reference;
  };

  const runOn = async (given: GivenInputs) => {
    const missing = await get().giveInputs(given);
    if (missing) screen.getState().show(missing);
  };

  const take = async (
    files: readonly File[],
    way: Situation['way'],
    signal: AbortSignal,
    folderOf: (file: File) => string = () => '',
    sample: string | null = null,
  ) => {
    const dropped = await sortDropped(files);
    const now = situation(way);
    const toOpen = filesToOpen(dropped, now);
    const likeness = hasToCompare(dropped, now)
      ? await engine.call('compare', { files: toOpen }, { signal })
      : undefined;
    if (signal.aborted) return;
    const { checkpoint, inputs } = meaningOf(dropped, now, likeness);
    const given = inputs === 'none' ? undefined : inputsGiven(dropped.arrays, dropped.images, folderOf);
    const kept = inputs === 'keep' ? given : undefined;
    const all: Waiting = { files: toOpen, dropped, sample, kept, graph: graphBeside(dropped) };
    if (checkpoint === 'open') await open(all, signal);
    else if (checkpoint === 'none') await opening.giveBeside(dropped, signal);
    else {
      const { fileName = nameToShow(toOpen) ?? '', ofSameName: inCommon = 0 } = likeness ?? {};
      const about = checkpoint === 'ask whether graph' ? 'graph' : 'another';
      ask({ about, fileName, inCommon, isUnsaved: now.open?.isUnsaved === true }, all);
    }
    if (inputs === 'use' && given && !signal.aborted) void runOn(given);
  };

  const opens = (fileName: string | undefined, operation: (signal: AbortSignal) => Promise<void>) =>
    fileName === undefined ? Promise.resolve() : run({ kind: 'opening', fileName, progress: null }, operation);

  return {
    awaited: null,
    forgetAwaited: () => set({ awaited: null }),
    question: null,

    answer: async (choice) => {
      const given = waiting;
      waiting = undefined;
      takeFound = undefined;
      screen.getState().close();
      // The words of the question stay while its dialog fades.
      if (!given) return;
      const { files, dropped, kept } = given;
      if (choice === 'replace') await opens(nameToShow(files), (signal) => open(given, signal));
      if (choice === 'compare') await get().compareWith(files);
      if (choice === 'reference') {
        await opens(nameToShow(files), async (signal) => {
          const { fileName, matched, missing } = await readReference(files, signal);
          const tensors = formatQuantity(matched.length + missing.length, 'tensor');
          get().say(`${fileName} is the reference: it holds ${matched.length} of ${tensors}.`);
          await opening.giveBeside(dropped, signal);
        });
      }
      if (choice === 'graph') {
        if (kept) get().keepInputs(kept);
        const pairing = get().pairGraph(files);
        if (dropped.recipe || dropped.norms.length > 0 || dropped.repairs.length > 0) {
          await opens(dropped.recipe?.name ?? '', (signal) => opening.giveBeside(dropped, signal));
        }
        await pairing;
      }
    },

    openFiles: (files) => opens(nameToShow(files), (signal) => take(files, 'chosen', signal)),

    openFound: async (found) => {
      const open = takeFound;
      takeFound = undefined;
      screen.getState().close();
      await open?.(found);
    },

    takeDropped: (files, folders = [], paths = []) => {
      // Where it is asked for one to compare with, it is that.
      if (screen.getState().dialog === 'compare') return get().compareWith(files);
      const folderOf = (file: File) => folders[files.indexOf(file)] ?? '';
      const takeAll = (given: readonly File[]) =>
        opens(nameToShow(given), (signal) => take(given, 'dropped', signal, folderOf));
      if (paths.length === 0) return takeAll(files);
      return opens(nameToShow(files), async (signal) => {
        const toOpen = filesToOpen(await sortDropped(files), situation('dropped'));
        const its = toOpen.map((file) => paths[files.indexOf(file)] ?? '');
        const { checkpoints, rest } = await engine.call('survey', { files: toOpen, folders: its }, { signal });
        if (checkpoints.length < 2) return take(files, 'dropped', signal, folderOf);
        takeFound = (found) => takeAll(files.filter((file) => isOf(found, file, toOpen)));
        const aside = rest.map((index) => at(toOpen, index).name);
        const found = { checkpoints, rest: aside };
        set({ question: { about: 'which', fileName: folderName(paths), inCommon: 0, isUnsaved: false, found } });
        screen.getState().show('another');
      });
    },

    openSample: (name) =>
      opens(name, async (signal) => {
        const sample = await fetchSample(name, signal);
        await take([sample], 'chosen', signal, () => '', name);
      }),

    openFetched: (fileName, fetched) =>
      opens(fileName, async (signal) => {
        const show = (done: number, total: number) => {
          const progress = { stage: 'fetching', done, total } as const;
          if (!signal.aborted) set({ status: { kind: 'opening', fileName, progress } });
        };
        await take(await fetched(signal, show), 'dropped', signal);
      }),

    openReference: (file) =>
      opens(file.name, async (signal) => {
        await readReference([file], signal);
      }),

    applyRecipeText: (text, name) => opens(name, async () => opening.applyGiven({ name, text })),
  };
}
