/** What commands of several runtimes have in common. */
import type { PrunedFile } from './runtime';

/** The ONNX model that a command reads, and what makes one of a state dict. */
export function onnxName({ name, can }: PrunedFile): { readonly name: string; readonly before: readonly string[] } {
  if (can.graph) return { name: quoted(name), before: [] };
  return {
    name: 'model.onnx',
    before: ['# In Python, with the pruned weights: torch.onnx.export(model.eval(), example, "model.onnx")'],
  };
}

/** Names that a shell would read as more than one word, or as something else, keep their meaning. */
function quoted(name: string): string {
  return /^[\w.+-]+$/.test(name) ? name : `'${name.replaceAll("'", "'\\''")}'`;
}
