/** What of the open model goes together: its shapes, slots and units, once for inputs of one shape. */
import type { ModelContents } from '../../graph/slim/contents';
import { readContents } from '../../graph/slim/contents';
import type { Shape } from '../../graph/slim/nodeView';
import { type Shapes, shapesOf } from '../../graph/slim/shapes';
import { slotsOf } from '../../graph/slim/slots';
import { type Units, unitsOf } from '../../graph/slim/units';
import type { Walk } from '../../graph/slim/walk';
import { CheckpointError, throwIfCancelled } from '../../lib/errors';
import { type Dtype, isFloat } from '../../tensors/dtype';
import { isConstant } from '../../tensors/graph/graph';
import { sessionFiles } from '../graph/modelInMemory';
import type { Runnable } from '../running';
import type { OneSample } from './inputShapes';
import type { WrittenModel } from './writtenModel';

export interface Analysis {
  readonly model: WrittenModel;
  readonly contents: ModelContents;
  readonly walk: Walk;
  readonly units: Units;
  /** Samples that the shapes are of. */
  readonly samples: number;
  /** Whether a tensor of the file counts as parameters: weights and biases do, shapes and indices do not. */
  isParameter(name: string): boolean;
}

export async function analyse(
  { runtime }: Pick<Runnable, 'runtime'>,
  model: WrittenModel,
  { feeds, shapes: inputs, samples }: OneSample,
  signal: AbortSignal,
): Promise<Analysis> {
  const contents = await readContents(model.open(model.graph.bytes));
  let shapes = shapesOf(contents, inputs);
  const missing = withoutShape(contents, shapes);
  if (missing.length > 0) {
    throwIfCancelled(signal);
    const measured = await shapesOfRun(runtime, model, feeds, missing);
    if (measured.size > 0) shapes = shapesOf(contents, inputs, measured);
  }
  throwIfCancelled(signal);
  const walk = slotsOf(contents, shapes, (name) => contents.readable.has(name));
  const isParameter = (name: string) => isWeight(contents.dtypes.get(name));
  return { model, contents, walk, units: unitsOf(walk), samples, isParameter };
}

function isWeight(dtype: Dtype | undefined): boolean {
  return dtype !== undefined && (isFloat(dtype) || dtype === 'I8' || dtype === 'U8');
}

/** Values that rules give no shape. */
function withoutShape({ graph }: ModelContents, { shapes }: Shapes): string[] {
  return graph.nodes
    .filter((node) => !isConstant(node))
    .flatMap(({ outputs }) => outputs.filter((name) => name !== '' && !shapes.has(name)));
}

/** What one run shows; nothing where the runtime cannot hand out what is asked for (sequences, values of a branch not taken). */
async function shapesOfRun(
  runtime: Runnable['runtime'],
  { graph }: WrittenModel,
  feeds: OneSample['feeds'],
  names: readonly string[],
): Promise<Map<string, Shape>> {
  const shapes = new Map<string, Shape>();
  try {
    const session = await runtime.createSession(...sessionFiles(graph, graph.bytes, { outputs: names }));
    try {
      for (const [name, { shape }] of await session.run(feeds)) shapes.set(name, shape);
    } finally {
      await session.release();
    }
  } catch (error) {
    if (!(error instanceof CheckpointError) || error.code === 'cancelled') throw error;
  }
  return shapes;
}
