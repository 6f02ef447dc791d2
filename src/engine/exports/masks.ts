/** The masks alone, as a safetensors file: `<name>_mask`, uint8, 1 where a weight stays. */

import { safetensorsFile } from '../../formats/safetensors/write';
import { at } from '../../lib/known';
import type { Splice } from '../../lib/splice';
import type { CallContext } from '../callContext';
import { pairsByOrig } from './existingMasks';
import { maskContents } from './maskContents';
import { decided, type ExportSource, type Outcomes } from './source';

/** One mask for every tensor that some rule decides for. Where the file has a mask already, what both keep. */
export async function masksFile(source: ExportSource, outcomes: Outcomes, context: CallContext): Promise<Splice> {
  const { session } = source;
  const { tensors } = session.measurable.checkpoint;
  const pairs = pairsByOrig(session);
  const contents = await maskContents(source, decided(outcomes), { order: 'indices', encode: (kept) => kept }, context);
  const masks = [...contents].map(([id, content]) => {
    const { name, shape } = at(tensors, id);
    const masked = pairs.has(id) ? name.replace(/_orig$/, '') : name;
    return { name: `${masked}_mask`, dtype: 'U8' as const, shape, content };
  });
  return safetensorsFile(masks, { format: 'pt' });
}
