/** The free text of a safetensors header. */
import type { ByteSource } from '../../lib/source';

/** `__metadata__` of a file that was opened before: its header is known to be sound. */
export async function readMetadata(source: ByteSource): Promise<Record<string, string> | undefined> {
  const head = await source.read(0, 8);
  const length = Number(new DataView(head.buffer, head.byteOffset).getBigUint64(0, true));
  const header: unknown = JSON.parse(new TextDecoder().decode(await source.read(8, length)));
  const metadata: unknown = Object.getOwnPropertyDescriptor(header, '__metadata__')?.value;
  return (metadata as Record<string, string> | null | undefined) ?? undefined;
}
