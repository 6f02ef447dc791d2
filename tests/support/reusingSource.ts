/** Bytes in memory, whose reads are overwritten once they were given back: whoever looks at them any longer is found out. */
import { type ByteSource, memorySource } from '../../src/lib/source';

export function reusingSource(bytes: Uint8Array): ByteSource {
  return { ...memorySource(bytes), recycle: (read) => read.fill(0xcd) };
}
