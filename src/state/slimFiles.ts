/** What is taken away of a smaller model. */
import type { OpenedCheckpoint } from './checkpointSlice';
import { suffixed } from './exporting';
import type { SlimMade } from './slimState';

/** `model`: `<original>-slim.<ext>`. `plan`: `slim-plan.json`. */
export type SlimFile = 'model' | 'plan';

export async function slimFileOf(
  kind: SlimFile,
  { model, report }: SlimMade,
  { fileName }: OpenedCheckpoint,
): Promise<{ readonly file: Blob; readonly name: string }> {
  if (kind === 'plan') return { file: new Blob([report.plan], { type: 'application/json' }), name: 'slim-plan.json' };
  return { file: model, name: suffixed(fileName, '-slim', '.onnx') };
}
