/** Kernels as flax and TensorFlow keep them: inputs before outputs, both behind the places of a kernel. */
import { type Axes, axesAt } from '../axes';
import type { Judgement } from './judgement';
import { biasOf, type Entry } from './stateDict';
import { transposed } from './words';

/** Weights of a module that the libraries name: undefined for any other tensor. */
export function kernelOf(entry: Entry): Judgement | undefined {
  const { shape } = entry;
  const { leaf, owners } = entry.path;
  if (leaf === 'recurrent_kernel' && shape.length === 2) return recurrent(leaf);
  if (leaf === 'depthwise_kernel' && shape.length >= 3) {
    const last = shape.length - 1;
    return {
      kind: 'conv',
      because: 'each input has outputs of its own',
      axes: { outputs: [last - 1, last], inputs: [] },
    };
  }
  if (leaf !== 'kernel' && leaf !== 'pointwise_kernel') return undefined;
  if (entry.module.tensors.has('recurrent_kernel') && shape.length === 2) return recurrent(leaf);
  if (shape.length === 2) return { kind: 'linear', because: 'a kernel of (inputs, outputs)', axes: axesAt(1, 0) };
  const heads = headAxes(entry);
  if (heads) return { kind: 'linear', because: 'a projection over heads', axes: heads };
  const last = shape.length - 1;
  const bias = biasOf(entry)?.shape[0];
  const named = owners.find((owner) => transposed.test(owner));
  // TensorFlow's transposed convolutions keep (kernel, outputs, inputs).
  const isTurned = bias === undefined || shape[last] === shape[last - 1] ? named !== undefined : bias !== shape[last];
  return {
    kind: 'conv',
    because: isTurned ? 'a kernel of (…, outputs, inputs)' : 'a kernel of (…, inputs, outputs)',
    axes: isTurned ? axesAt(last - 1, last) : axesAt(last, last - 1),
  };
}

function recurrent(leaf: string): Judgement {
  return { kind: 'recurrent', because: `named ${leaf}`, axes: axesAt(1, 0) };
}

/** Attentions of flax: (inputs, heads, width) into the heads, (heads, width, outputs) out of them. */
function headAxes(entry: Entry): Axes | undefined {
  const { shape, dict, module, path } = entry;
  if (shape.length !== 3) return undefined;
  const [owner] = path.owners;
  if (owner !== undefined && /^(query|key|value)$/.test(owner)) return { outputs: [1, 2], inputs: [0] };
  const bias = biasOf(entry);
  if (bias?.shape.length === 2) return { outputs: [1, 2], inputs: [0] };
  const parent = module.path.slice(0, module.path.lastIndexOf('.') + 1);
  return owner === 'out' && dict.has(`${parent}query`) ? { outputs: [2], inputs: [0, 1] } : undefined;
}
