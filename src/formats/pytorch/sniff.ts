/** Tells checkpoints of torch.save from their first bytes. */
import { startsWith } from '../../lib/bytes';
import { firstEntryName } from '../zip/firstEntry';

/** Names of records, behind the folder that all of an archive's are in; or that folder alone. */
const firstRecord =
  /^[^/]+\/(|data\.pkl|constants\.pkl|version|byteorder|archive_format|archive_version|\.format_version|\.storage_alignment|(data|\.data|constants|code|extra|models)\/.*)$/s;

/** 0x1950a86a20f9469cfc6c as a pickled LONG1. */
const magic = [0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19];

/** A zip archive (nothing before it) whose first entry is one of PyTorch's records. */
export function looksLikeZip(head: Uint8Array): boolean {
  const name = firstEntryName(head);
  return name !== undefined && firstRecord.test(name);
}

/** A pickle of the magic number: at once, or behind the frame of protocols 4 and 5. */
export function looksLikeLegacy(head: Uint8Array): boolean {
  return head[0] === 0x80 && (startsWith(head, magic, 2) || (head[2] === 0x95 && startsWith(head, magic, 11)));
}
