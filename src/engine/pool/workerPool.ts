/** Passes over weights on all cores: the engine's own worker, and others that it starts when a file is large enough. */

import { isWorkerGone } from '../../lib/errors';
import { known } from '../../lib/known';
import type { CallContext } from '../callContext';
import { EngineClient, type WorkerLike } from '../client';
import type { Weights } from '../passes/measurable';
import { measure } from '../passes/measure';
import type { PlainPasses } from '../passes/plainPasses';
import { type Bins, refine } from '../passes/refine';
import type { Unit } from '../reading/units';
import { joinBins, joinStatistics } from './join';
import { type Portion, planPortions } from './planPortions';
import { type PortionWorker, runPortions } from './runPortions';

/** Below this, starting workers takes longer than they save: they come up in the time in which one reads some 100 MB. */
const defaultLeastBytes = 128 * 2 ** 20;
/** More of them would wait for the disk and hold memory. */
const mostWorkers = 8;

/** Portions each worker gets, so that the slowest one does not keep all others waiting at the end … */
const portionsEach = 4;
/** … but none so small that handing it out is felt, or so large that its loss is. */
const leastPortionBytes = 8 * 2 ** 20;
const mostPortionBytes = 64 * 2 ** 20;

export interface PoolOptions {
  /** `navigator.hardwareConcurrency` */
  readonly cores: number;
  /** Another engine's worker, with kernels of its own. May throw where there are none to be had. */
  readonly startWorker: () => WorkerLike;
  /** Bytes of weights from which on others are asked to help. */
  readonly leastBytes?: number;
  /** Called when a worker has come up. */
  readonly grown: () => void;
}

export class WorkerPool {
  private readonly options: PoolOptions;
  private helpers: readonly Helper[] = [];

  constructor(options: PoolOptions) {
    this.options = options;
  }

  /** Threads that work, this one included; 1 until there was something for more. */
  get size(): number {
    return 1 + this.helpers.filter(({ isUp }) => isUp).length;
  }

  /** @param file which every worker reads for itself; the source of the weights reads the same */
  passesOver(file: Blob): PlainPasses {
    const unitsOf = ({ byteOrder, encoded }: Weights['checkpoint'], { units }: Portion) => {
      const pieces = units.flatMap((unit) => unit.pieces);
      // Scales and places are copied to every worker: only those of its own tensors.
      const own = encoded?.filter(({ addresses: { start, end } }) =>
        pieces.some((piece) => piece.start < end && start < piece.end),
      );
      return { file, byteOrder, units, ...(own && { encoded: own }) };
    };
    return {
      measure: async (weights, units, context, kept) => {
        if (!this.isWorthwhile(units)) return measure(weights, units, context);
        const { checkpoint } = weights;
        const keep = kept !== undefined;
        const found = await this.run(units, context, {
          here: (portion, own) => measure(weights, portion.units, own),
          elsewhere: async (engine, portion, own) => {
            const request = { ...unitsOf(checkpoint, portion), keep };
            const { statistics, read } = await engine.call('measureUnits', request, own);
            for (const run of read) kept?.keep(run);
            return statistics;
          },
        });
        return joinStatistics(found);
      },
      refine: async (weights, units, bins, context) => {
        if (!this.isWorthwhile(units)) return refine(weights, units, bins, context);
        const { checkpoint } = weights;
        const found = await this.run(units, context, {
          here: (portion, own) => refine(weights, portion.units, bins, own),
          elsewhere: (engine, portion, own) =>
            engine.call('refineUnits', { ...unitsOf(checkpoint, portion), bins: binsOf(portion, bins) }, own),
        });
        return joinBins(found);
      },
    };
  }

  private isWorthwhile(units: readonly Unit[]): boolean {
    const { cores, leastBytes = defaultLeastBytes } = this.options;
    return cores > 1 && bytesOf(units) >= leastBytes;
  }

  private run<Found>(units: readonly Unit[], context: CallContext, { here, elsewhere }: Work<Found>): Promise<Found[]> {
    const { cores, startWorker, grown } = this.options;
    if (this.helpers.length === 0) {
      this.helpers = Array.from({ length: Math.min(cores, mostWorkers) - 1 }, () => new Helper(startWorker, grown));
    }
    const workers = this.helpers.map((helper) => helper.at(elsewhere));
    const portions = planPortions(units, portionBytesFor(bytesOf(units), 1 + workers.length));
    return runPortions(portions, [{ prepare: async () => {}, run: here }, ...workers], context);
  }
}

/** What is done to a portion, in this thread and by another engine. */
interface Work<Found> {
  here(portion: Portion, context: CallContext): Promise<Found>;
  elsewhere(engine: EngineClient, portion: Portion, context: CallContext): Promise<Found>;
}

function bytesOf(units: readonly Unit[]): number {
  return units.reduce((sum, { byteLength }) => sum + byteLength, 0);
}

function binsOf({ units }: Portion, bins: Bins): Bins {
  return new Map(units.map(({ tensor }) => [tensor, known(bins, tensor)]));
}

function portionBytesFor(bytes: number, workers: number): number {
  const wanted = Math.ceil(bytes / (workers * portionsEach) / 8) * 8;
  return Math.min(mostPortionBytes, Math.max(leastPortionBytes, wanted));
}

/** A worker of the pool, started when it is first needed, and again after it crashed. */
class Helper {
  private readonly client: EngineClient;
  private readonly grown: () => void;
  private started: Promise<void> | undefined;
  private hasStarted = () => {};
  /** Whether there is a worker that has come up. */
  isUp = false;

  constructor(startWorker: () => WorkerLike, grown: () => void) {
    this.grown = grown;
    this.client = new EngineClient(startWorker, { computing: () => this.hasStarted() });
  }

  /** This worker, to do such work. */
  at<Found>(work: Work<Found>['elsewhere']): PortionWorker<Found> {
    return { prepare: () => this.prepare(), run: (portion, context) => this.run(portion, context, work) };
  }

  /** Starting takes a moment, in which others can do the work; and workers in workers may be blocked. */
  private prepare(): Promise<void> {
    this.started ??= new Promise((resolve) => {
      this.hasStarted = () => {
        this.isUp = true;
        this.grown();
        resolve();
      };
      try {
        this.client.warmUp();
      } catch {
        // No workers are to be had here.
      }
    });
    return this.started;
  }

  private async run<Found>(portion: Portion, context: CallContext, work: Work<Found>['elsewhere']): Promise<Found> {
    try {
      return await work(this.client, portion, context);
    } catch (error) {
      if (isWorkerGone(error)) {
        this.isUp = false;
        this.started = undefined;
      }
      throw error;
    }
  }
}
