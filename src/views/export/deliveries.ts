/** What can be taken away beside the pruned file: what each is, and what one does with it next. */
import type { ExportKind } from '../../state/exportSlice';

export interface DeliveryWords {
  readonly title: string;
  readonly sentence: string;
}

export const exportWords: Readonly<Record<ExportKind, DeliveryWords>> = {
  masks: {
    title: 'Masks (safetensors)',
    sentence:
      'One <name>_mask for each pruned tensor, 1 keeps and 0 prunes: multiply them in, or give them to prune.custom_from_mask.',
  },
  reparametrised: {
    title: 'Reparametrised state dict',
    sentence:
      'weight_orig and weight_mask as torch.nn.utils.prune leaves them: load it into a module after prune.identity and fine-tune with the mask held.',
  },
  permanent: {
    title: 'Make pruning permanent',
    sentence:
      'The _orig and _mask pairs of this file multiplied out, as prune.remove does: load it into the plain module.',
  },
  gzip: {
    title: 'Compressed (gzip)',
    sentence:
      'The pruned file, where zeros take next to no room: for storing and sending; unpack it with gunzip before loading.',
  },
  'sparse-onnx': {
    title: 'Sparse ONNX',
    sentence:
      'Very sparse weights as sparse_initializer: a smaller model, which ONNX Runtime loads and makes dense again in memory.',
  },
};

export const scriptWords: DeliveryWords = {
  title: 'Python script',
  sentence:
    'The recipe in PyTorch: run it on this or a later checkpoint, where the file is too large for a browser, or on a cluster.',
};

export const repairWords: DeliveryWords = {
  title: 'Repaired weights (safetensors)',
  sentence:
    'Beside the recipe: dropped together they make this model again, here and by the Python script, without the inputs.',
};

export const reportWords: DeliveryWords = {
  title: 'Report',
  sentence: 'Every tensor before and after: HTML to read or send, CSV for a spreadsheet, JSON for programs.',
};

/** @param estimated of the pruned file or model @param original both in bytes */
export function savedText(estimated: number, original: number): string {
  if (estimated >= original) return 'no smaller than the file as it is';
  return `${Math.round((1 - estimated / original) * 100)} % less`;
}
