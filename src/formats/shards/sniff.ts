/** Tells the index of a sharded checkpoint from its first bytes and its name. */

const indexName = /\.index\.json$/i;

/** A JSON object that maps weights to files: transformers puts figures before it, of which there may be many. */
export function looksLikeIndex(head: Uint8Array, _size: number, fileName = ''): boolean {
  const text = new TextDecoder('latin1').decode(head).replace(/^\u00ef\u00bb\u00bf/, '');
  return /^\s*\{/.test(text) && (/"weight_map"\s*:/.test(text) || indexName.test(fileName));
}
