/** Exports beside the pruned file itself: one file of this folder for each kind. */
import { wholeName } from '../../formats/shards/names';
import { CheckpointError } from '../../lib/errors';
import { type ByteSink, type OpenSink, writtenTo } from '../../lib/sink';
import { type Splice, writeSplice } from '../../lib/splice';
import type { CheckpointPlan } from '../../pruning/checkpointPlan';
import type { SlimPlan } from '../../tensors/graph/slimPlan';
import type { CallContext } from '../callContext';
import { suffixed } from '../writing/fileName';
import type { WrittenFile } from '../writing/writeParts';
import { gzipSize } from './estimate';
import type { ExportKind } from './exportKind';
import { writeGzip } from './gzip';
import { masksFile } from './masks';
import { permanent } from './permanent';
import { reparametrised } from './reparametrised';
import { slimStateDict } from './slim';
import { slimGraph } from './slimGraph';
import type { ExportSource, Outcomes } from './source';
import { sparseOnnx, sparseOnnxSize } from './sparseOnnx';

interface Export {
  /** @returns how many bytes were written */
  write(source: ExportSource, outcomes: Outcomes, sink: ByteSink, context: CallContext): Promise<number>;
  nameFor(fileName: string): string;
  /** Of a checkpoint that is a single file. */
  readonly isOfOneFile?: true;
}

const exports: Readonly<Record<ExportKind, Export>> = {
  masks: { write: writing(masksFile), nameFor: (name) => suffixed(name, '-masks', '.safetensors') },
  reparametrised: { write: writing(reparametrised), nameFor: (name) => suffixed(name, '-reparametrised') },
  permanent: { write: writing(permanent), nameFor: (name) => suffixed(name, '-permanent') },
  gzip: { write: writeGzip, nameFor: (name) => `${suffixed(name, '-pruned')}.gz`, isOfOneFile: true },
  'sparse-onnx': { write: writing(sparseOnnx), nameFor: (name) => suffixed(name, '-pruned-sparse'), isOfOneFile: true },
};

function writing(
  make: (source: ExportSource, outcomes: Outcomes, context: CallContext) => Promise<Splice>,
): Export['write'] {
  return async (source, outcomes, sink, context) => writeSplice(sink, await make(source, outcomes, context));
}

/** @throws CheckpointError `read-only-file`; `unsupported-feature` where the open file cannot be written so; `file-unreadable` */
export async function exportAs<Closed>(
  source: ExportSource,
  kind: ExportKind,
  outcomes: Outcomes,
  open: OpenSink<Closed>,
  context: CallContext,
): Promise<WrittenFile<Closed>> {
  const { fileName, parts } = source.session.opened;
  const { write, nameFor, isOfOneFile } = exports[kind];
  if (isOfOneFile && parts.length > 1) {
    throw new CheckpointError(
      'unsupported-feature',
      `${fileName} is one of ${parts.length} files, which cannot be written as one.`,
      {
        advice: 'Export the pruned files themselves.',
      },
    );
  }
  const name = nameFor(parts.length > 1 ? wholeName(fileName) : fileName);
  return writtenAs(source, name, (sink) => write(source, outcomes, sink, context), open);
}

/**
 * The state dict of a smaller model, in the format of the file.
 * @throws CheckpointError as `exportAs` does
 */
export function exportSlim<Closed>(
  source: ExportSource,
  plan: CheckpointPlan,
  outcomes: Outcomes,
  open: OpenSink<Closed>,
  context: CallContext,
): Promise<WrittenFile<Closed>> {
  const { fileName, parts } = source.session.opened;
  const name = suffixed(parts.length > 1 ? wholeName(fileName) : fileName, '-slim');
  const write = async (sink: ByteSink) => writeSplice(sink, await slimStateDict(source, plan, outcomes, context));
  return writtenAs(source, name, write, open);
}

/**
 * The smaller graph of a checkpoint that is one, into a sink that can read what it copies.
 * @throws CheckpointError as `exportAs` does; `invalid-recipe` for a plan of another graph
 */
export function exportSlimGraph<Closed>(
  source: ExportSource,
  plan: SlimPlan,
  outcomes: Outcomes,
  open: OpenSink<Closed>,
  context: CallContext,
): Promise<WrittenFile<Closed>> {
  const write = async (sink: ByteSink) => writeSplice(sink, await slimGraph(source, plan, outcomes, context));
  return writtenAs(source, suffixed(source.session.opened.fileName, '-slim'), write, open);
}

/** @param write returns how many bytes it wrote */
async function writtenAs<Closed>(
  { session }: ExportSource,
  name: string,
  write: (sink: ByteSink) => Promise<number>,
  open: OpenSink<Closed>,
): Promise<WrittenFile<Closed>> {
  const { readOnly } = session.opened;
  if (readOnly !== undefined) throw new CheckpointError('read-only-file', readOnly);
  await session.assertUnchanged();
  let size = 0;
  const content = await writtenTo(await open(name), async (sink) => {
    size = await write(sink);
  });
  return { name, size, content };
}

/** Bytes: exact for `sparse-onnx` but for a few, from a sample for `gzip`. */
export async function estimateSize(
  source: ExportSource,
  kind: 'gzip' | 'sparse-onnx',
  outcomes: Outcomes,
  context: CallContext,
): Promise<number> {
  return kind === 'gzip' ? gzipSize(source, outcomes, context) : sparseOnnxSize(source, outcomes);
}
