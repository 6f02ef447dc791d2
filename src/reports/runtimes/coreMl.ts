import { inputAxisOf } from '../../tensors/axes';
import { type RuntimeRecord, sparsityOfWork } from './runtime';

const least = 0.75;
const blocks = 16;

export const coreMl: RuntimeRecord = {
  key: 'core-ml',
  name: 'Core ML',
  needs: `stores and runs weights as sparse where ${least * 100} % and more are zero, or n:m with m a multiple of ${blocks} (CPU).`,
  file: 'sparse weights in an .mlpackage',
  judge(work) {
    if (work.kind !== 'conv' && work.kind !== 'linear') return 'is neither in convolutions nor in linear layers';
    const axis = inputAxisOf(work);
    const isPattern = work.patterns.some((pattern) => pattern.axis === axis && pattern.m % blocks === 0);
    return isPattern || sparsityOfWork(work) >= least
      ? 1
      : `has fewer than ${least * 100} % of zeros, and no n:m of ${blocks}`;
  },
  command: () => ({
    language: 'Python',
    text: [
      'import coremltools as ct',
      '# traced: torch.jit.trace of the module with the pruned weights; example: one input',
      'model = ct.convert(',
      '    traced,',
      '    inputs=[ct.TensorType(shape=example.shape)],',
      '    pass_pipeline=ct.PassPipeline.DEFAULT_PRUNING,',
      '    minimum_deployment_target=ct.target.iOS16,',
      ')',
      'model.save("model.mlpackage")',
    ].join('\n'),
  }),
};
