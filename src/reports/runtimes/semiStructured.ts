import { isPrunableDtype } from '../../tensors/dtype';
import { loadLines } from '../loadLines';
import { keepsNofM, type RuntimeRecord, sidesOf } from './runtime';

/** Of f16 and bf16: torch.sparse has it by kernel; this is what all of them take. */
const multiple = 64;

export const semiStructured: RuntimeRecord = {
  key: 'pytorch-semi-structured',
  name: 'PyTorch, semi-structured sparse',
  needs: `takes 2:4 along the inputs of linear layers in half precision, both sizes multiples of ${multiple}, on GPUs since Ampere.`,
  file: 'the state dict',
  judge(work) {
    const sides = sidesOf(work);
    if (work.kind !== 'linear') return 'is not in linear layers';
    if (!isPrunableDtype(work.dtype)) return 'is in a dtype that cannot become half precision';
    if (!keepsNofM(work, 2, 4)) return 'is not 2:4 along its inputs';
    return sides && sides.outputs % multiple === 0 && sides.inputs % multiple === 0
      ? 1
      : `is in layers whose sizes are no multiples of ${multiple}`;
  },
  command: ({ name, can }) => ({
    language: 'Python',
    text: [
      ...(can.graph ? ['import torch'] : loadLines({ can, container: '', names: [name] })),
      'from torch.sparse import to_sparse_semi_structured',
      'model = model.half().cuda()',
      'for module in model.modules():',
      '    if isinstance(module, torch.nn.Linear) and not any(size % 64 for size in module.weight.shape):',
      '        if (module.weight.unflatten(-1, (-1, 4)) != 0).sum(-1).max() <= 2:',
      '            module.weight = torch.nn.Parameter(to_sparse_semi_structured(module.weight))',
    ].join('\n'),
  }),
};
