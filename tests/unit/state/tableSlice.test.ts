import { afterEach, describe, expect, it, vi } from 'vitest';
import { containersShown, layerTree, openAtFirst } from '../../../src/state/layerTree';
import { fileOf, sampleFile, studioInThread } from '../../support/studio';
import { layer } from '../views/layers/layers';

afterEach(() => vi.unstubAllGlobals());

describe('how the layers are laid out', () => {
  it('goes by module where it is asked to, in the next visit too', () => {
    const kept = new Map<string, string>();
    vi.stubGlobal('localStorage', {
      getItem: (key: string) => kept.get(key) ?? null,
      setItem: (key: string, value: string) => kept.set(key, value),
    });
    const studio = studioInThread();
    expect(studio.getState().groupBy).toBe('none');
    studio.getState().setGroupBy('module');
    expect(studioInThread().getState().groupBy).toBe('module');
  });

  it('begins anew where the browser keeps nothing', () => {
    vi.stubGlobal('localStorage', {
      getItem: () => {
        throw new DOMException('refused', 'SecurityError');
      },
    });
    expect(studioInThread().getState().groupBy).toBe('none');
  });

  it('opens the groups that hold most of a file, and forgets with the file what a hand opened', async () => {
    const studio = studioInThread();
    await studio.getState().openFiles([sampleFile('digits-cnn.pth')]);
    studio.getState().setGroupsOpen(['a.', 'b.'], true);
    studio.getState().setGroupsOpen(['a.'], false);
    studio.getState().setUnfolded(true);
    expect([...studio.getState().openGroups]).toEqual(['b.']);
    await studio.getState().openFiles([fileOf('tests/golden/files/onnx-order/convolutions.onnx')]);
    expect(studio.getState().openGroups.has('b.')).toBe(false);
    expect(studio.getState().unfolded).toBe(false);
    const names = ['model.layers.0.a.w', 'model.layers.0.b.w', 'model.layers.1.a.w', 'model.layers.1.b.w', 'head.w'];
    const layers = names.map((name, id) => layer(id, name));
    expect([...openAtFirst({ layers })]).toEqual(['model.layers.']);
  });

  it('keeps a filter that was typed before the file was measured, and forgets it with the file', async () => {
    const studio = studioInThread();
    const opening = studio.getState().openFiles([sampleFile('digits-cnn.pth')]);
    studio.getState().setFilter('conv');
    await opening;
    expect(studio.getState().filter).toBe('conv');
    await studio.getState().openFiles([sampleFile('digits-cnn.safetensors')]);
    expect(studio.getState().filter).toBe('');
  });

  it('forgets a filter with an opening that came to nothing', async () => {
    const studio = studioInThread();
    const opening = studio.getState().openFiles([sampleFile('digits-cnn.pth')]);
    studio.getState().setFilter('conv');
    studio.getState().cancel();
    await opening;
    expect(studio.getState()).toMatchObject({ checkpoint: null, filter: '' });
  });

  it('takes the dict that a tensor sits in for a module, where a file holds several', () => {
    const layers = ['generator', 'critic'].flatMap((container, i) =>
      ['main.0.weight', 'main.2.weight', `only${i}.weight`].map((name, j) =>
        layer(3 * i + j, j === 2 ? name : `${container}.${name}`, { container }),
      ),
    );
    expect(containersShown(layers)).toEqual(['', '', 'generator', '', '', 'critic']);
    const groups = layerTree({ layers }).flatMap((node) => (node.kind === 'group' ? [node.label] : []));
    expect(groups).toEqual(['generator', 'main', 'critic', 'main']);
  });
});
