/** The script that makes a checkpoint's graph: what it says for each kind of file and first layer. */
import { expect, it } from 'vitest';
import { graphScript } from '../../../src/reports/graphScript';
import { axesAt } from '../../../src/tensors/axes';

const conv = { kind: 'conv', byDefault: true, shape: [16, 3, 3, 3], axes: axesAt(0, 1) };
const torch = { can: { script: 'torch.save' }, container: 'state_dict', names: ['resnet.th'] } as const;

it('loads the weights, leaves the number of samples open and batch norm apart, and writes one file', () => {
  expect(graphScript({ ...torch, layers: [conv] })).toBe(`import torch

model = ...  # the module, as it was trained
checkpoint = torch.load("resnet.th", map_location="cpu")
model.load_state_dict(checkpoint["state_dict"])
model.eval()
example = torch.randn(2, 3, 224, 224)  # an input as the model takes it: say its size
torch.onnx.export(
    model,
    (example,),
    "resnet.onnx",
    dynamo=True,
    optimize=False,  # batch norm stays apart from the weights
    dynamic_shapes=({0: torch.export.Dim("batch")},),
    external_data=False,  # one file, up to 2 GB
)`);
});

it.each([
  ['linear', { kind: 'linear', byDefault: true, shape: [10, 96], axes: axesAt(0, 1) }, 'torch.randn(2, 96)'],
  ['signals', { ...conv, shape: [16, 3, 9] }, 'torch.randn(2, 3, 224)'],
  ['tokens', { kind: 'embedding', byDefault: false, shape: [1000, 64] }, 'torch.randint(0, 1000, (2, 16))'],
  ['what is not known', { kind: 'linear', byDefault: true, shape: [10, 96] }, '...  # an input'],
])('starts with an input of %s', (_, layer, example) => {
  expect(graphScript({ ...torch, layers: [layer] })).toContain(`example = ${example}`);
});

it('takes the names of a module that was not trained in parallel', () => {
  const named = (name: string) => graphScript({ ...torch, layers: [{ ...conv, name }] });
  expect(named('module.conv1.weight')).toContain(
    'model.load_state_dict({name.removeprefix("module."): weight for name, weight in checkpoint["state_dict"].items()})',
  );
  expect(named('conv1.weight')).toContain('model.load_state_dict(checkpoint["state_dict"])');
});

it('needs no module where the file holds one', () => {
  const script = graphScript({ can: { script: 'TorchScript' }, container: '', names: ['net.pt'], layers: [conv] });
  expect(script).toContain('model = torch.jit.load("net.pt", map_location="cpu")');
  expect(script).not.toContain('model = ...');
  expect(script).toContain('dynamic_axes={"x": {0: "batch"}}');
});

it('loads safetensors with their own library', () => {
  const script = graphScript({
    can: { script: 'safetensors' },
    container: '',
    names: ['n.safetensors'],
    layers: [conv],
  });
  expect(script.split('\n').slice(0, 2)).toEqual(['import torch', 'from safetensors.torch import load_file']);
});

it('is nothing where Python loads no such file', () => {
  expect(graphScript({ can: {}, container: '', names: ['a.npy'], layers: [conv] })).toBe('');
});
