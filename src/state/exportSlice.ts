/** What is made of the checkpoint and the recipe: the pruned file, other files, and how large they would be. */
import type { Progress } from '../engine/callContext';
import type { ExportKind } from '../engine/exports/exportKind';
import type { LeanChoice } from '../engine/exports/leanPlan';
import type { Destination, ExportedFile, ExportReport, LeanReport } from '../engine/protocol';
import { settle } from '../engine/recipe/settle';
import { prunedName } from '../engine/writing/fileName';
import type { Recipe } from '../pruning/recipe';
import { repairedOutcomes } from '../pruning/repair';
import type { Outcome } from '../pruning/resolution';
import type { TensorId } from '../tensors/tensor';
import type { CheckpointSlice, OpenedCheckpoint } from './checkpointSlice';
import type { Follow, StudioContext } from './context';
import type { RecipeHistory, RecipeSlice } from './recipeSlice';
import type { RepairSlice } from './repairSlice';
import { repairInForce } from './repairState';
import type { RunOperation, StatusSlice } from './statusSlice';
import type { UnsavedSlice } from './unsaved';

// Named here for the views, which see nothing of the engine.
export type { ExportKind } from '../engine/exports/exportKind';
export type { Destination, ExportedFile, ExportReport, LeanReport } from '../engine/protocol';

/** Exports whose size says whether they are worth it. */
export type EstimatedKind = 'gzip' | 'sparse-onnx';
export type SizeEstimates = { readonly [kind in EstimatedKind]?: number };

type Outcomes = ReadonlyMap<TensorId, Outcome>;

export interface ExportSlice {
  exportReport: ExportReport | null;
  /** Bytes, once they were estimated for the settled recipe. */
  sizeEstimates: SizeEstimates;
  /** Resolves exactly, then writes. With a destination: "Save to…". @param name of a download of one file; absent: `<original>-pruned.<ext>` */
  exportCheckpoint(wanted?: { readonly destination?: Destination; readonly name?: string }): Promise<void>;
  clearExportReport(): void;
  /** The exact outcome of every tensor that is in; undefined where that was cancelled or failed, which the status says. */
  settleExactly(): Promise<Outcomes | undefined>;
  /** One of `availableExports`. Undefined where it was cancelled or failed, which the status says. */
  exportAs(kind: ExportKind): Promise<Required<ExportedFile> | undefined>;
  /** One state dict and nothing else. Undefined where it was cancelled or failed, which the status says. */
  exportLean(choice: LeanChoice, destination?: Destination): Promise<LeanReport | undefined>;
  /** Fills `sizeEstimates` in. */
  estimateSize(kind: EstimatedKind): Promise<void>;
}

type Known = ExportSlice & CheckpointSlice & RecipeSlice & StatusSlice & UnsavedSlice & Pick<RepairSlice, 'repair'>;

/** The report with its one file under the name that was chosen for it; parts of a checkpoint keep their own. */
function calledBy(report: ExportReport, name: string | undefined): ExportReport {
  const [file, ...others] = report.files;
  const isOne = file !== undefined && others.length === 0;
  return isOne && name !== undefined ? { ...report, files: [{ ...file, name }] } : report;
}

/** What is streamed passes between processes, which takes longer than a second copy of it on disk (docs/benchmarks.md): worth it where there is no room for one. */
const leastStreamed = 256 * 2 ** 20;

async function hasRoomFor(size: number): Promise<boolean> {
  const { quota = 0, usage = 0 } = (await navigator.storage?.estimate?.().catch(() => undefined)) ?? {};
  return quota - usage > 2 * size;
}

async function streamOf(checkpoint: OpenedCheckpoint | null, name: string | undefined) {
  if (!checkpoint || checkpoint.size < leastStreamed || checkpoint.parts.length > 1) return undefined;
  if (await hasRoomFor(checkpoint.size)) return undefined;
  const streaming = await import('../serviceWorker/page/streamedDownload').catch(() => undefined);
  return streaming?.streamedDownload(name ?? prunedName(checkpoint.fileName));
}

export function createExportSlice(
  context: StudioContext<Known>,
  run: RunOperation,
  history: RecipeHistory,
): { slice: ExportSlice; follow: Follow<Known> } {
  const { get, set, engine } = context;

  const exportProgress = (signal: AbortSignal) => (made: Progress) => {
    if (get().status.kind === 'exporting' && !signal.aborted) set({ status: { kind: 'exporting', progress: made } });
  };

  /** Of the recipe at hand when it was asked for, whatever becomes of it meanwhile. */
  const exactOutcomes = async (signal: AbortSignal): Promise<{ recipe: Recipe; outcomes: Outcomes }> => {
    const options = { signal, progress: exportProgress(signal) };
    const { recipe, repair } = get();
    const { candidates } = context.see(recipe);
    await history.caughtUp(signal, options.progress);
    const { outcomes } = await settle(recipe, candidates, context.answers, (requests) =>
      engine.call('lookUp', { requests }, options),
    );
    const made = repairInForce(repair);
    return { recipe, outcomes: made ? repairedOutcomes(outcomes, made) : outcomes };
  };

  const slice: ExportSlice = {
    exportReport: null,
    sizeEstimates: {},

    exportCheckpoint: async ({ destination, name } = {}) => {
      set({ exportReport: null });
      await run({ kind: 'exporting', progress: null }, async (signal) => {
        const { recipe, outcomes } = await exactOutcomes(signal);
        const stream = destination ? undefined : await streamOf(get().checkpoint, name);
        const request = { outcomes, ...(destination && { destination }), ...(stream && { stream: stream.port }) };
        const transfer = stream ? [stream.port] : [];
        const report = await engine
          .call('export', request, { signal, progress: exportProgress(signal), transfer })
          .finally(() => stream?.end());
        set({ exportReport: calledBy(report, destination?.kind === 'file' ? destination.name : name) });
        get().markSaved(recipe);
      });
    },
    clearExportReport: () => set({ exportReport: null }),

    settleExactly: async () => {
      let outcomes: Outcomes | undefined;
      await run({ kind: 'exporting', progress: null }, async (signal) => {
        ({ outcomes } = await exactOutcomes(signal));
      });
      return outcomes;
    },
    exportAs: async (kind) => {
      let made: Required<ExportedFile> | undefined;
      await run({ kind: 'exporting', progress: null }, async (signal) => {
        const { recipe, outcomes } = await exactOutcomes(signal);
        made = await engine.call('exportAs', { kind, outcomes }, { signal, progress: exportProgress(signal) });
        get().markSaved(recipe);
      });
      return made;
    },
    exportLean: async (choice, destination) => {
      let report: LeanReport | undefined;
      await run({ kind: 'exporting', progress: null }, async (signal) => {
        const { recipe, outcomes } = await exactOutcomes(signal);
        const request = { ...choice, outcomes, ...(destination && { destination }) };
        report = await engine.call('exportLean', request, { signal, progress: exportProgress(signal) });
        get().markSaved(recipe);
      });
      return report;
    },
    estimateSize: async (kind) => {
      await run({ kind: 'exporting', progress: null }, async (signal) => {
        const { recipe, outcomes } = await exactOutcomes(signal);
        const options = { signal, progress: exportProgress(signal) };
        const size = await engine.call('estimateSize', { kind, outcomes }, options);
        // Figures of another recipe would be taken for this one's.
        if (get().recipe === recipe) set({ sizeEstimates: { ...get().sizeEstimates, [kind]: size } });
      });
    },
  };

  return {
    slice,
    follow: (now, previous) => {
      if (now.opened !== previous.opened) set({ exportReport: null });
      // They are of another recipe.
      const isRepaired = repairInForce(now.repair) !== repairInForce(previous.repair);
      if (now.settled !== previous.settled || isRepaired) set({ sizeEstimates: {} });
    },
  };
}
