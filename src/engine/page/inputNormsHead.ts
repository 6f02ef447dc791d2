/** How files of norms of inputs are told from checkpoints; reading them is another file, which the page rarely needs. */
import { looksLikeHeader } from '../../formats/safetensors/sniff';

/** `format` in `__metadata__`. */
export const format = 'secateur-activations';

/**
 * What such a file gets wrong is for `readInputNorms` to say.
 * @param head its first 4096 bytes: `__metadata__` comes first, from Secateur and from the reference implementation alike
 */
export function isInputNormsHead(head: Uint8Array): boolean {
  return looksLikeHeader(head) && new TextDecoder().decode(head).includes(`"${format}"`);
}
