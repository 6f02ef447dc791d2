/** What the worker answers: the protocol over one open session. It needs files as browsers have them, and no worker itself. */
import { chooseFiles } from '../../formats/chooseFiles';
import { looksLikeArchive } from '../../formats/zip/firstEntry';
import type { Kernels } from '../../kernels/kernels';
import { blobSource } from '../../lib/browser/blobSource';
import { answerCalls } from '../../lib/calls/dispatch';
import { transferring } from '../../lib/calls/protocol';
import { CheckpointError } from '../../lib/errors';
import { at } from '../../lib/known';
import { fetchRest, later } from '../../lib/later';
import { partsOf } from '../../lib/parts';
import type { CallContext, Progress } from '../callContext';
import { measure } from '../passes/measure';
import { type PlainPasses, passesHere } from '../passes/plainPasses';
import { refine } from '../passes/refine';
import { sparingResidents, type WeightsOnGpu } from '../pictures/weightsOnGpu';
import type { EngineApi, Handlers } from '../protocol';
import { type KeptBytes, keeping } from '../reading/keptWeights';
import { likenessOf } from '../reading/likeness';
import { decodingSource } from '../reading/varintSource';
import type { WeightMemory } from '../reading/weightMemory';
import { openSession, type Read } from '../session';
import type { Other } from './comparing';

const pictures = later(() => import('../pictures/preview'));
const exporting = later(() => import('./exporting'));
const repairs = later(() => import('./repairing'));
const looking = later(() => import('../passes/findings'));
const surveying = later(() => import('./surveying'));
const comparing = later(() => import('./comparing'));
const inflating = later(() => import('./inflating'));

/** Of the checkpoint opened last in this thread: room that its inflated weights take. */
let letGo = async () => {};

export interface EngineMeans {
  /** What makes plain passes over a file that is opened; absent: this thread alone. */
  readonly passesOver?: (file: Blob) => PlainPasses;
  /** For weights that are kept; absent: there is none. */
  readonly memory?: WeightMemory;
  /** Where weights may stay, too; engines share it. */
  readonly onGpu?: WeightsOnGpu | undefined;
}

export function createEngine(kernels: Kernels, { passesOver, memory, onGpu }: EngineMeans = {}): Handlers {
  const sparing = (passes: PlainPasses) => (onGpu ? sparingResidents(passes, onGpu) : passes);
  let open: Read | undefined;
  let other: Other | undefined;

  const current = () => {
    if (!open) throw new CheckpointError('internal', 'No checkpoint is open.');
    return open;
  };

  const currentOther = () => {
    if (!other) throw new CheckpointError('internal', 'No second checkpoint is open.');
    return other;
  };

  const handlers: Handlers = {
    async open({ files }, context) {
      const { blob, source, parts, notes, compressed } = await chosenOf(files, context);
      onGpu?.clear();
      const passes = sparing(passesOver?.(blob) ?? passesHere);
      const means = { passes, passesInMemory: sparing(passesHere), memory };
      const session = await openSession(source, parts, kernels, context, means, notes).catch(async (error: unknown) => {
        await compressed?.letGo();
        throw error;
      });
      open = { source, session };
      await letGo();
      letGo = async () => void (await compressed?.letGo());
      return compressed ? { ...session.opened, compressedSize: compressed.size } : session.opened;
    },

    async survey({ files, folders }) {
      return (await surveying()).survey(files, folders);
    },

    async measureUnits({ file, byteOrder, encoded, units, keep }, context) {
      const read: KeptBytes[] = [];
      const weights = decodingSource(blobSource(file), encoded);
      const source = keep ? keeping(weights, (run) => read.push(run)) : weights;
      const statistics = await measure({ source, checkpoint: { byteOrder }, kernels }, units, context);
      // Every read of a Blob has a buffer of its own.
      const buffers = read.map(({ bytes }) => bytes.buffer as ArrayBuffer);
      return transferring({ statistics, read }, buffers);
    },

    refineUnits({ file, byteOrder, encoded, units, bins }, context) {
      const source = decodingSource(blobSource(file), encoded);
      return refine({ source, checkpoint: { byteOrder }, kernels }, units, bins, context);
    },

    async lookUp({ requests }, context) {
      return current().session.lookUp(requests, context);
    },

    async compare({ files }, context) {
      const { layers } = current().session.opened;
      const { source, parts } = await chosenOf(files, context);
      return likenessOf(source, parts, layers);
    },

    async openOther({ files }, context) {
      const { source, parts, compressed } = await chosenOf(files, context);
      const letGo = async () => void (await compressed?.letGo());
      const next = await (await comparing()).openOther(source, parts, letGo);
      await other?.letGo();
      other = next;
      const { fileName, layers, checkpoint } = next.side;
      return { fileName, format: checkpoint.format, size: compressed?.size ?? source.size, tensors: layers.length };
    },

    async compareWithOther(_, context) {
      return (await comparing()).compareWith(current().session, currentOther(), context);
    },

    async closeOther() {
      await other?.letGo();
      other = undefined;
    },

    async measurePair({ pair }, context) {
      return (await comparing()).measurePair(current().session, currentOther(), pair, context);
    },

    async pairPicture(request, context) {
      return (await comparing()).pairPicture(current().session, currentOther(), request, context);
    },

    async openReference({ files }, context) {
      const { session } = current();
      const { source, parts } = await chosenOf(files, context);
      return session.openReference(source, parts);
    },

    async setInputNorms({ norms, axes }) {
      current().session.setInputs('norms', norms, axes);
    },

    async setInputMoments({ factors, axes }) {
      current().session.setInputs('moments', factors, axes);
    },

    async keepRepair(request, context) {
      return (await repairs()).keepWholeRepair(current().session, request, context);
    },

    async keepPermuted(request, context) {
      return (await repairs()).keepPermuted(current().session, request, context);
    },

    async repairFile({ repair }) {
      return (await repairs()).repairFile(current().session, repair);
    },

    async openRepair({ file }) {
      return (await repairs()).openRepair(current().session, file);
    },

    async findInRows({ outcomes, tensors }, context) {
      return (await looking()).findInRows(current().session, outcomes, tensors, context);
    },

    async roundToInt8({ outcomes, tensors }, context) {
      return (await looking()).roundingToInt8(current().session, outcomes, tensors, context);
    },

    async preview(request, context) {
      const { measurable, units } = current().session;
      return (await pictures()).preview(measurable, units, request, context, onGpu);
    },

    async export(request, context) {
      return (await exporting()).exportTo(current(), request, context);
    },

    async weights({ outcomes, tensors }, context) {
      const weights = await current().session.weights(outcomes, tensors, context);
      return transferring(
        weights,
        [...weights.values()].map(({ buffer }) => buffer),
      );
    },

    async connect({ port }) {
      const receive = answerCalls<EngineApi, Progress>(
        async () => handlers,
        (message, transfer) => port.postMessage(message, transfer),
      );
      port.onmessage = ({ data }) => receive(data);
    },

    async exportAs(request, context) {
      return (await exporting()).download(current(), request, context);
    },

    async exportSlim(request, context) {
      return (await exporting()).downloadSlim(current(), request, context);
    },

    async exportLean(request, context) {
      return (await exporting()).exportLeanTo(current(), request, context);
    },

    async estimateSize(request, context) {
      return (await exporting()).estimate(current(), request, context);
    },

    fetchRest: () => fetchRest(),
  };
  return handlers;
}

/** The files of one checkpoint, one behind the other: the browser reads none of them to say so, but those that are compressed. */
async function chosenOf(files: readonly File[], context: CallContext) {
  if (files.length === 0) throw new CheckpointError('internal', 'No file was given.');
  const given = files.map((file) => ({ name: file.name, source: blobSource(file), file }));
  const { files: chosen, notes } = await chooseFiles(given);
  const heads = await Promise.all(chosen.map(({ source }) => source.read(0, Math.min(4, source.size))));
  const made = heads.some(looksLikeArchive) ? await (await inflating()).inflatedFiles(chosen, context) : undefined;
  const blobs = made?.files ?? chosen.map(({ file }) => file);
  const blob = blobs.length === 1 ? at(blobs, 0) : new Blob([...blobs]);
  const size = chosen.reduce((sum, { file }) => sum + file.size, 0);
  return {
    blob,
    source: blobSource(blob),
    parts: partsOf(blobs),
    notes: [...notes, ...(made?.notes ?? [])],
    compressed: made && { size, letGo: made.letGo },
  };
}
