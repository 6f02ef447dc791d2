import { onnxName } from './commands';
import { type RuntimeRecord, sparsityOfWork } from './runtime';

/** The rate that the command asks for: layers with fewer zeros stay as they are. */
const least = 0.8;

export const openVino: RuntimeRecord = {
  key: 'openvino-cpu',
  name: 'OpenVINO on CPUs with AMX',
  needs: `reads less where ${least * 100} % and more of a MatMul’s weights are zero, once they are int8.`,
  file: 'the dense model, quantised to int8',
  judge(work) {
    if (work.kind !== 'linear') return 'is not in linear layers';
    return sparsityOfWork(work) >= least ? 1 : `is in linear layers with fewer than ${least * 100} % of zeros`;
  },
  command: (file) => {
    const { name, before } = onnxName(file);
    return {
      language: 'Python',
      text: [
        ...before,
        'import nncf, openvino',
        'core = openvino.Core()',
        `model = nncf.quantize(core.read_model("${name}"), nncf.Dataset(inputs))  # some inputs of the model`,
        `compiled = core.compile_model(model, "CPU", {"CPU_SPARSE_WEIGHTS_DECOMPRESSION_RATE": "${least}"})`,
      ].join('\n'),
    };
  },
};
