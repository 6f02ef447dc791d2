/** Tells the description of an OpenVINO model: an XML file of a net. */

const net = /^(\uFEFF|ï»¿)?\s*(<\?xml[^>]*\?>)?\s*(<!--[\s\S]*?-->\s*)*<net\s[^>]*version=/;

export function looksLikeOpenVino(head: Uint8Array): boolean {
  return head.includes(0x3c) && net.test(new TextDecoder('latin1').decode(head));
}
