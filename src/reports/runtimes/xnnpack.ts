import { isPointwise, type RuntimeRecord, sparsityOfWork } from './runtime';

const least = 2 / 3;

export const xnnpack: RuntimeRecord = {
  key: 'xnnpack',
  name: 'XNNPACK (TensorFlow Lite, on the CPU and in WASM)',
  needs: 'skips zeros of 1×1 convolutions where more than two thirds are zero.',
  file: 'a sparse .tflite file',
  judge(work) {
    if (!isPointwise(work)) return 'is not in 1×1 convolutions';
    return sparsityOfWork(work) > least ? 1 : 'is in 1×1 convolutions with no more than two thirds of zeros';
  },
  command: () => ({
    language: 'Python',
    text: [
      'import tensorflow as tf',
      'converter = tf.lite.TFLiteConverter.from_saved_model("saved_model")  # of the pruned model',
      'converter.optimizations = [tf.lite.Optimize.EXPERIMENTAL_SPARSITY]',
      'open("model.tflite", "wb").write(converter.convert())',
    ].join('\n'),
  }),
};
