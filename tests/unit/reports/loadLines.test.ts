/** The lines that load a pruned file, for every kind of file. */
import { describe, expect, it } from 'vitest';
import { type LoadSource, loadLines } from '../../../src/reports/loadLines';
import { mainContainer } from '../../../src/tensors/mainContainer';

const torch = { script: 'torch.save' } as const;
const cases: readonly (readonly [string, LoadSource, string])[] = [
  [
    'a state dict',
    { can: torch, container: '', names: ['net-pruned.pth'] },
    'import torch\n' +
      'checkpoint = torch.load("net-pruned.pth", map_location="cpu")\n' +
      'model.load_state_dict(checkpoint)',
  ],
  [
    'a state dict within a checkpoint',
    { can: torch, container: 'model.ema', names: ['a "b".pth'] },
    'import torch\n' +
      'checkpoint = torch.load("a \\"b\\".pth", map_location="cpu")\n' +
      'model.load_state_dict(checkpoint["model"]["ema"])',
  ],
  [
    'a whole module',
    { can: { ...torch, needsTrust: true }, container: '', names: ['net.pt'] },
    'import torch\nmodel = torch.load("net.pt", map_location="cpu", weights_only=False)\nmodel.eval()',
  ],
  [
    'TorchScript',
    { can: { script: 'TorchScript' }, container: '', names: ['net.pt'] },
    'import torch\nmodel = torch.jit.load("net.pt", map_location="cpu")\nmodel.eval()',
  ],
  [
    'safetensors',
    { can: { script: 'safetensors' }, container: '', names: ['net.safetensors'] },
    'from safetensors.torch import load_file\nstate = load_file("net.safetensors")\nmodel.load_state_dict(state)',
  ],
  [
    'shards',
    { can: { script: 'safetensors' }, container: '', names: ['1.safetensors', '2.safetensors'] },
    'from safetensors.torch import load_file\n' +
      'state = {name: weight for file in ["1.safetensors", "2.safetensors"] for name, weight in load_file(file).items()}\n' +
      'model.load_state_dict(state)',
  ],
  [
    'ONNX with its data beside it',
    { can: { script: 'ONNX' }, container: '', names: ['net.onnx', 'net.onnx.data'] },
    'import onnxruntime\n' +
      'session = onnxruntime.InferenceSession("net.onnx")\n' +
      'outputs = session.run(None, {session.get_inputs()[0].name: inputs})',
  ],
  ['what Python has no loader for', { can: {}, container: '', names: ['net.bin'] }, ''],
];

describe('the lines that load', () => {
  it.each(cases)('%s', (_, source, lines) => {
    expect(loadLines(source).join('\n')).toBe(lines);
  });

  it('are of the dict that holds most of what is pruned', () => {
    const layer = (container: string, numel: number, byDefault = true) => ({ container, numel, byDefault });
    expect(mainContainer([layer('optimizer', 9, false), layer('state_dict', 4), layer('ema', 2)])).toBe('state_dict');
    expect(mainContainer([])).toBe('');
  });
});
