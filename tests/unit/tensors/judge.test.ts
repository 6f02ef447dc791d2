import { describe, expect, it } from 'vitest';
import type { Dtype } from '../../../src/tensors/dtype';
import { judge } from '../../../src/tensors/judge/judge';
import type { LayerKind } from '../../../src/tensors/tensor';

/** Kind expected, name, shape, further names in the state dict (as long as the first dimension, unless said), dtype when it is not f32. */
type Row = readonly [
  LayerKind,
  string,
  readonly number[],
  (readonly (string | readonly [string, readonly number[]])[])?,
  Dtype?,
];

const rows: readonly (readonly [where: string, rows: readonly Row[]])[] = [
  [
    'ResNet',
    [
      ['conv', 'module.layer1.0.conv1.weight', [16, 16, 3, 3]],
      ['norm', 'module.layer1.0.bn1.weight', [16], ['module.layer1.0.bn1.bias', 'module.layer1.0.bn1.running_mean']],
      ['bias', 'module.layer1.0.bn1.bias', [16]],
      ['buffer', 'module.layer1.0.bn1.running_var', [16]],
      ['integer', 'module.layer1.0.bn1.num_batches_tracked', [], [], 'I64'],
      ['norm', 'layer1.0.downsample.1.weight', [64], ['layer1.0.downsample.1.running_mean']],
      ['linear', 'module.linear.weight', [10, 64]],
      ['bias', 'fc.bias', [10]],
    ],
  ],
  [
    'MTCNN, UltraFace and NanoDet',
    [
      ['prelu', 'prelu1.weight', [28], ['conv1.weight', 'conv1.bias']],
      ['linear', 'dense5_1.weight', [2, 128], ['dense5_1.bias']],
      ['conv', 'base_net.1.0.weight', [16, 1, 3, 3]],
      ['norm', 'base_net.1.1.weight', [16], ['base_net.1.1.bias', 'base_net.1.1.running_mean']],
      ['parameter', 'model.head.distribution_project.project', [8]],
    ],
  ],
  [
    'voice activity and other recurrent networks',
    [
      ['recurrent', '_model.decoder.rnn.weight_ih', [512, 128]],
      ['recurrent', 'lstm.weight_hh_l1_reverse', [512, 128]],
      ['recurrent', 'weight_ih_l0', [512, 128]],
      ['bias', 'lstm.bias_ih_l0', [512]],
      ['buffer', '_model.stft.forward_basis_buffer', [258, 1, 256]],
      ['conv', '_model.decoder.decoder.2.weight', [1, 128, 1]],
      ['parameter', '_state', [0]],
    ],
  ],
  [
    'language models',
    [
      ['embedding', 'transformer.wte.weight', [50257, 768]],
      ['embedding', 'wpe.weight', [1024, 768]],
      ['embedding', 'model.embed_tokens.weight', [32000, 4096]],
      ['embedding', 'embeddings.token_type_embeddings.weight', [2, 768]],
      ['embedding', 'shared.weight', [32128, 512]],
      ['embedding', 'encoder.block.0.layer.0.SelfAttention.relative_attention_bias.weight', [32, 8]],
      ['linear', 'embed_out.weight', [50432, 512]],
      ['linear', 'lm_head.weight', [32000, 4096]],
      ['linear', 'h.0.attn.c_attn.weight', [768, 2304]],
      ['linear', 'self_attn.in_proj_weight', [2304, 768]],
      ['bias', 'self_attn.in_proj_bias', [2304]],
      ['buffer', 'h.0.attn.bias', [1, 1, 1024, 1024]],
      ['buffer', 'rotary_emb.inv_freq', [64]],
      ['norm', 'transformer.ln_f.weight', [768], ['transformer.ln_f.bias']],
      ['norm', 'model.layers.0.input_layernorm.weight', [4096]],
      ['norm', 'blocks.0.norm1.weight', [768]],
      ['norm', 'bert.encoder.LayerNorm.gamma', [768]],
      ['bias', 'bert.encoder.LayerNorm.beta', [768]],
      ['linear', 'base_model.layers.0.q_proj.lora_A.weight', [8, 4096]],
    ],
  ],
  [
    'vision transformers and diffusion',
    [
      ['conv', 'patch_embed.proj.weight', [768, 3, 16, 16]],
      ['embedding', 'pos_embed', [1, 197, 768]],
      ['embedding', 'cls_token', [1, 1, 768]],
      ['linear', 'time_embedding.linear_1.weight', [1280, 320]],
      ['linear', 'time_embed.0.weight', [1280, 320], ['time_embed.0.bias']],
      ['norm', 'norm.weight', [3, 8, 8], ['norm.bias']],
      ['norm', 'layers.3.weight', [64], ['layers.3.bias']],
      ['parameter', 'logit_scale', []],
    ],
  ],
  [
    'pruned and reparametrised modules',
    [
      ['linear', 'fc.weight_orig', [10, 20], ['fc.weight_mask']],
      ['buffer', 'fc.weight_mask', [10, 20]],
      ['bias', 'fc.bias_orig', [10]],
      ['recurrent', 'lstm.weight_ih_l0_orig', [80, 20]],
      ['buffer', 'lstm.weight_ih_l0_mask', [80, 20]],
      ['linear', 'attn.in_proj_weight_orig', [60, 20]],
      ['buffer', 'attn.in_proj_weight_mask', [60, 20]],
      ['norm', 'bn.weight_orig', [10], ['bn.bias_orig']],
      ['conv', 'conv.weight_v', [8, 4, 3]],
      ['parameter', 'conv.weight_g', [8, 1, 1]],
      ['conv', 'conv.parametrizations.weight.original1', [8, 4, 3]],
      ['parameter', 'conv.parametrizations.weight.original0', [8, 1, 1]],
      ['linear', 'fc.parametrizations.weight.original', [8, 4]],
      ['buffer', 'conv.weight_u', [8]],
      ['buffer', 'conv.weight_v', [36], ['conv.weight_u']],
    ],
  ],
  [
    'odd names',
    [
      ['unknown', 'weight', [2, 2]],
      ['linear', 'weight', [2, 3], ['bias']],
      ['bias', 'bias', [2]],
      ['unknown', '', [2, 2]],
      ['unknown', '__proto__', [2, 2]],
      ['parameter', '__proto__', [2]],
      ['integer', 'weight', [2, 2], [], 'I8'],
      ['integer', 'mask', [2, 2], [], 'BOOL'],
      ['linear', 'weight', [2, 2], ['bias'], 'QINT8'],
    ],
  ],
];

describe.each(rows)('in %s', (_, cases) => {
  for (const [kind, name, shape, siblings = [], dtype = 'F32'] of cases) {
    it(`${name} is ${kind}`, () => {
      const beside = siblings.map((sibling) =>
        typeof sibling === 'string' ? ([sibling, [shape[0] ?? 1]] as const) : sibling,
      );
      const tensors = [[name, shape] as const, ...beside].map(([each, of]) => ({
        name: each,
        container: '',
        dtype: each === name ? dtype : ('F32' as const),
        shape: of,
      }));
      expect(judge(tensors)[0]).toMatchObject({ kind });
    });
  }
});
