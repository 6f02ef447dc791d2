/** Versions of the open model that are run beside it: smaller ones, and the same with zeros. */
import type { SlimPlan } from '../../graph/slim/plan';
import { slimModel } from '../../graph/slim/slice';
import { wholeFile } from '../../lib/parts';
import { memorySource } from '../../lib/source';
import { splicedSource } from '../../lib/splice';
import { type ModelInMemory, readGraph, sessionFiles } from '../graph/modelInMemory';
import type { Rewriting } from '../graph/rewrite';
import type { Runnable } from '../running';
import type { ModelSession } from '../runtime';
import type { WrittenModel } from './writtenModel';

/** @param bytes of the written model, perhaps with masks @param zeroed as large as it was, with zeros in the place of what would go */
export async function planned(
  model: WrittenModel,
  bytes: Uint8Array<ArrayBuffer>,
  plan: SlimPlan,
  zeroed = false,
): Promise<Uint8Array<ArrayBuffer>> {
  const source = splicedSource(await slimModel(model.open(bytes), plan, zeroed));
  return (await source.read(0, source.size)) as Uint8Array<ArrayBuffer>;
}

/** A model of the bytes that stands on its own, opened to several samples as the open one is. */
export function readBeside({ graph }: Pick<Runnable, 'graph'>, bytes: Uint8Array<ArrayBuffer>): Promise<ModelInMemory> {
  const source = memorySource(bytes);
  return readGraph(source, wholeFile(source, graph.fileName), graph.takesMany);
}

/** Calls `work` with a session, which is released behind it. @param plain without the runtime's own optimisations */
export async function withSession<Result>(
  { runtime }: Pick<Runnable, 'runtime'>,
  graph: ModelInMemory,
  work: (session: ModelSession) => Promise<Result>,
  { plain = false, ...rewriting }: Rewriting & { readonly plain?: boolean } = {},
): Promise<Result> {
  const [model, beside] = sessionFiles(graph, graph.bytes, rewriting);
  const session = await runtime.createSession(model, beside, plain);
  try {
    return await work(session);
  } finally {
    await session.release();
  }
}
