/**
 * What GGUF's names say (https://github.com/ggml-org/llama.cpp/blob/master/gguf-py/gguf/constants.py, `TENSOR_NAMES`): one set of
 * names for all architectures. What they multiply with is always the last dimension, in the order of numpy.
 */
import { axesAt } from '../../tensors/axes';
import type { Declared } from '../../tensors/evidence';

/** `blk.12.attn_q.weight`, with what is before `blk` where a model has several towers (`enc`, `dec`, `v`, `a`). */
const inBlock = /^(?:[a-z]{1,4}\.)?(?:enc\.|dec\.)?blk\.\d+\.(.+?)(?:\.(weight|bias|scale))?$/;
const atTop =
  /^(?:(?:v|a|enc|dec|mm)\.)?(token_embd|token_types|position_embd|patch_embd|output|output_norm|token_embd_norm|rope_freqs|rope_factors_long|rope_factors_short|cls|cls\.output|class_embd|per_layer_token_embd|per_layer_model_proj|pre_ln|post_ln|post_norm|input_norm|dense_2|dense_3)(?:\.(weight|bias|scale))?$/;

const norms = /(^|_)(norm|ln)\d*(_\d+)?$|^ln\d*$|_norm_|_norm$/;
const tables = /^(token_embd|token_types|position_embd|class_embd|per_layer_token_embd)$/;
const factors = /^rope_/;

/** @returns undefined where the name is none of GGUF's own */
export function declaredOf(name: string, shape: readonly number[]): Declared | undefined {
  const [, leaf = '', ending] = inBlock.exec(name) ?? atTop.exec(name) ?? [];
  if (leaf === '') return undefined;
  const because = `named ${leaf}`;
  if (ending === 'bias') return { kind: 'bias', because };
  if (factors.test(leaf)) return { kind: 'buffer', because };
  if (norms.test(leaf)) return { kind: 'norm', because };
  if (tables.test(leaf)) return { kind: 'embedding', because, ...(shape.length === 2 && { axes: axesAt(0, 1) }) };
  if (ending !== 'weight') return { kind: 'parameter', because };
  if (leaf === 'ffn_gate_inp' && shape.length === 2) return { kind: 'router', because, axes: axesAt(0, 1) };
  if (/conv1d$|shortconv/.test(leaf) && /conv/.test(leaf) && shape.length === 2 && !/proj/.test(leaf)) {
    return { kind: 'conv', because, axes: { outputs: [0], inputs: [] } };
  }
  if (shape.length === 4) return { kind: 'conv', because, axes: axesAt(0, 1) };
  if (shape.length === 3 && /^time_mix_lerp/.test(leaf)) return { kind: 'parameter', because };
  if (shape.length === 3) return { kind: 'linear', because, axes: axesAt(1, 2, 0) };
  return shape.length === 2 ? { kind: 'linear', because, axes: axesAt(0, 1) } : { kind: 'parameter', because };
}
