import { onnxName } from './commands';
import { keepsNofM, type RuntimeRecord, sidesOf } from './runtime';

/** Smaller layers are as fast dense. */
const leastChannels = 256;

export const tensorRt: RuntimeRecord = {
  key: 'tensorrt',
  name: 'TensorRT',
  needs: `takes 2:4 along the inputs of large layers (about ${leastChannels} channels and more), on GPUs since Ampere.`,
  file: 'the dense ONNX model',
  judge(work) {
    const sides = sidesOf(work);
    if (work.kind !== 'conv' && work.kind !== 'linear') return 'is neither in convolutions nor in linear layers';
    if (!keepsNofM(work, 2, 4)) return 'is not 2:4 along its inputs';
    return sides && Math.min(sides.outputs, sides.inputs) >= leastChannels
      ? 1
      : `is in layers of fewer than ${leastChannels} channels`;
  },
  command: (file) => {
    const { name, before } = onnxName(file);
    return { language: 'shell', text: [...before, `trtexec --onnx=${name} --fp16 --sparsity=enable`].join('\n') };
  },
};
