import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cutPath, namePartsOf } from '../../../../src/views/layers/nameParts';

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

describe('a path that is cut', () => {
  const characters = (text: string) => text.length;

  it.each([
    ['layer1.0.', 9, '', 'layer1.0.'],
    ['layer1.0.', 8, 'layer1.', '0.'],
    ['model/stage2.0.', 12, 'model/', 'stage2.0.'],
    ['layer1.0.', 2, 'layer1.0.', ''],
    ['layer1.0.', -5, 'layer1.0.', ''],
    ['', -5, '', ''],
  ])('of %j to %i characters leaves out %j', (path, room, cut, shown) => {
    expect(cutPath(path, room, characters)).toEqual({ cut, shown });
  });
});
