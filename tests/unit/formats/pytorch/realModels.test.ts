/** Checkpoints that people trained and published (see SECATEUR_MODELS): what was found in them with PyTorch. */
import { existsSync, statSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openCheckpoint } from '../../../../src/formats/registry';
import type { ByteSource } from '../../../../src/lib/source';
import type { LayerKind } from '../../../../src/tensors/tensor';
import { oneFile } from '../../../support/oneFile';
import { countRealModels, realModels } from '../../../support/realFiles';

interface Row {
  readonly file: string;
  readonly format: string;
  readonly container: string;
  readonly tensors: number;
  readonly kinds: Partial<Record<LayerKind, number>>;
  /** Whether PyTorch would need weights_only=False. */
  readonly note?: boolean;
}

const rows: readonly Row[] = [
  {
    file: 'mnist.pt',
    format: 'PyTorch zip',
    container: '',
    tensors: 20,
    kinds: { conv: 3, linear: 2, norm: 2, integer: 2 },
  },
  {
    file: 'mnist-already-half-zero.pth',
    format: 'PyTorch legacy',
    container: '',
    tensors: 18,
    kinds: { conv: 2, linear: 2 },
  },
  {
    file: 'mtcnn-rnet.pt',
    format: 'PyTorch legacy',
    container: '',
    tensors: 16,
    kinds: { conv: 3, linear: 3, prelu: 4, bias: 6 },
  },
  {
    file: 'ultraface-rfb-320.pth',
    format: 'PyTorch legacy',
    container: '',
    tensors: 244,
    kinds: { conv: 52, norm: 35, integer: 35 },
  },
  {
    file: 'resnet20-cifar10.th',
    format: 'PyTorch legacy',
    container: 'state_dict',
    tensors: 97,
    kinds: { conv: 19, linear: 1 },
  },
  {
    file: 'nanodet-m-lightning.ckpt',
    format: 'PyTorch legacy',
    container: 'state_dict',
    tensors: 421,
    kinds: { conv: 76, parameter: 1 },
  },
  {
    file: 'retinaface-checkpoint.pth.tar',
    format: 'PyTorch legacy',
    container: 'state_dict',
    tensors: 248,
    kinds: { conv: 27, optimizer: 83 },
  },
  {
    file: 'resnet56-pruned-module.pth',
    format: 'PyTorch zip',
    container: '',
    tensors: 344,
    kinds: { conv: 57, norm: 57, buffer: 114 },
    note: true,
  },
  {
    file: 'silero-vad.jit',
    format: 'TorchScript',
    container: '',
    tensors: 33,
    kinds: { conv: 10, recurrent: 4, buffer: 4 },
  },
];

countRealModels(/\.(pt|pth|tar|jit)$/);

describe.each(rows)('$file', ({ file, format, container, tensors, kinds, note = false }) => {
  const path = join(realModels, file);

  it.skipIf(!existsSync(path))('lists what PyTorch loads, by reading little', async () => {
    const handle = await open(path);
    try {
      const { source, statistics } = fileSource(handle, statSync(path).size);
      const checkpoint = await openCheckpoint(...oneFile(source, file));
      expect(checkpoint.format).toBe(format);
      expect(checkpoint.tensors).toHaveLength(tensors);
      expect(checkpoint.tensors[0]!.container).toBe(container);
      const count = (kind: LayerKind) => checkpoint.tensors.filter((tensor) => tensor.kind === kind).length;
      expect(Object.fromEntries(Object.keys(kinds).map((kind) => [kind, count(kind as LayerKind)]))).toEqual(kinds);
      expect(checkpoint.notes.length > 0).toBe(note);
      expect(checkpoint.readOnly).toBeUndefined();
      // A first window of 1 MiB is the most that a file of this size takes; what is between the headers stays unread.
      expect(statistics.bytes).toBeLessThan(1.5 * 2 ** 20);
    } finally {
      await handle.close();
    }
  });
});

function fileSource(handle: FileHandle, size: number): { source: ByteSource; statistics: { bytes: number } } {
  const statistics = { bytes: 0 };
  const source: ByteSource = {
    size,
    async read(offset, length) {
      statistics.bytes += length;
      const bytes = new Uint8Array(length);
      await handle.read(bytes, 0, length, offset);
      return bytes;
    },
  };
  return { source, statistics };
}
