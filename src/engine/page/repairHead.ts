/** How files of repaired weights are told from checkpoints; reading them is the engine's. */
import { looksLikeHeader } from '../../formats/safetensors/sniff';

/** `format` in `__metadata__`, as `exports/repairFile.ts` writes it. */
const format = 'secateur-repair';

/** What such a file gets wrong is for the engine to say. @param head its first 4096 bytes: `__metadata__` comes first */
export function isRepairHead(head: Uint8Array): boolean {
  return looksLikeHeader(head) && new TextDecoder().decode(head).includes(`"${format}"`);
}
