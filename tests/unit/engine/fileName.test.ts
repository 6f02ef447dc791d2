import { expect, it } from 'vitest';
import { prunedName } from '../../../src/engine/writing/fileName';

it.each([
  ['resnet.pth', 'resnet-pruned.pth'],
  ['a.b.safetensors', 'a.b-pruned.safetensors'],
  ['retinaface.pth.tar', 'retinaface-pruned.pth.tar'],
  ['weights', 'weights-pruned'],
  ['.pth', '.pth-pruned'],
])('calls the pruned %s %s', (original, pruned) => {
  expect(prunedName(original)).toBe(pruned);
});
