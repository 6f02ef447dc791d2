/** What multiplies: recurrent, linear and convolution weights, experts and their routers. */
import { axesAt } from '../axes';
import type { Convention } from './convention';
import { convAxes } from './convolutions';
import { expertOf, routerOf } from './experts';
import type { Judgement } from './judgement';
import { kernelOf } from './kernels';
import { linearOf } from './linears';
import { biasOf, type Entry, isNamedWeight } from './stateDict';

/** Of a direction that weight_norm splits off, too. */
const recurrent = /^weight_(ih|hh|hr)(_l\d+)?(_reverse)?(_v)?$/;

export function weightOf(entry: Entry, convention: Convention): Judgement | undefined {
  if (convention === 'graph') return undefined;
  const { shape } = entry;
  const { leaf } = entry.path;
  const special = expertOf(entry) ?? routerOf(entry);
  if (special) return special;
  if (shape.length < 2) return undefined;
  if (recurrent.test(leaf) && shape.length === 2) {
    return { kind: 'recurrent', because: `named ${leaf}`, axes: axesAt(0, 1) };
  }
  if (convention === 'flax' || convention === 'tensorflow') {
    const kernel = kernelOf(entry);
    if (kernel) return kernel;
  }
  if (shape.length === 2) return linearOf(entry);
  return isNamedWeight(entry) ? convolution(entry, convention) : undefined;
}

function convolution(entry: Entry, convention: Convention): Judgement {
  const { shape } = entry;
  const modulated = modulatedConvolution(entry);
  if (modulated) return modulated;
  if (convention === 'mlx') {
    return { kind: 'conv', because: kernelWords(shape.slice(1, -1)), axes: axesAt(0, shape.length - 1) };
  }
  const { axes, because } = convAxes(entry);
  const bias = biasOf(entry);
  const words = [bias?.shape.length === 1 ? `has a bias of ${bias.shape[0]}` : kernelWords(shape.slice(2)), because];
  return { kind: 'conv', because: words.filter((each) => each !== undefined).join(', '), axes };
}

function kernelWords(kernel: readonly number[]): string {
  return kernel.length === 1 ? `a kernel of ${kernel[0]}` : `kernels of ${kernel.join(' × ')}`;
}

/** StyleGAN2 keeps (1, outputs, inputs, height, width), which a linear layer beside it modulates. */
function modulatedConvolution({ shape, dict, module }: Entry): Judgement | undefined {
  if (shape.length !== 5 || shape[0] !== 1) return undefined;
  const isModulated = dict.has(module.path === '' ? 'modulation' : `${module.path}.modulation`);
  if (!isModulated) return undefined;
  return { kind: 'conv', because: 'modulated: outputs are dimension 1', axes: axesAt(1, 2, 0) };
}
