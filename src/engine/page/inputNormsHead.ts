/** How files of norms of inputs are told from checkpoints; reading them is another file, which the page rarely needs. */
import { looksLikeHeader } from '../../formats/safetensors/sniff';

/** `format` in `__metadata__`. */
export const format = 'secateur-activations';

/** `__metadata__` comes first, from Secateur and from the reference implementation alike. */
const headBytes = 4096;

/** By its first bytes. What such a file gets wrong is for `readInputNorms` to say. */
export async function isInputNormsFile(file: Blob): Promise<boolean> {
  const head = new Uint8Array(await file.slice(0, headBytes).arrayBuffer());
  return looksLikeHeader(head) && new TextDecoder().decode(head).includes(`"${format}"`);
}
