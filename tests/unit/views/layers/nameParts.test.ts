import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { namePartsOf } from '../../../../src/views/layers/nameParts';

describe('the parts of a name', () => {
  it.each([
    ['layer1.0.conv1.weight', 'layer1.0.', 'conv1', '.weight'],
    ['conv1.weight', '', 'conv1', '.weight'],
    ['encoder/layer/kernel', 'encoder/', 'layer', '/kernel'],
    ['/conv1/Conv.weight', '/conv1/', 'Conv', '.weight'],
    ['onnx::Conv_123', '', 'onnx::Conv_123', ''],
    ['.weight', '', '.weight', ''],
    ['weight.', '', 'weight.', ''],
    ['', '', '', ''],
  ])('are, for %j, %j, %j and %j', (name, path, module, parameter) => {
    expect(namePartsOf(name)).toEqual({ path, module, parameter });
  });

  it('together are the name, whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('.', '/', 'a', '\u202e', ' ') }), (name) => {
        const { path, module, parameter } = namePartsOf(name);
        expect(path + module + parameter).toBe(name);
      }),
    );
  });
});
