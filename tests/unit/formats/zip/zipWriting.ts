/** Writes zip archives field by field, so that tests can contradict the format. */
import { crc32 } from '../../../../src/lib/crc32';

export interface EntryOptions {
  readonly name: string;
  readonly data?: Uint8Array;
  readonly method?: number;
  readonly flags?: number;
  /** Size that is declared, when it is not that of `data`. */
  readonly size?: number;
  readonly compressedSize?: number;
  readonly crc?: number;
  /** In the local header, when it is another. */
  readonly localName?: string;
  readonly localMethod?: number;
  readonly localFlags?: number;
  /** Offset that the directory gives, when it is another. */
  readonly headerOffset?: number;
  /** How the CRC follows the data (with flag 8): sizes of 4 or 8 bytes, with or without signature. */
  readonly descriptor?: 16 | 24 | 12;
  /** Everything in the zip64 extra field. */
  readonly zip64?: boolean;
  /** Bytes of padding in the local extra field. */
  readonly padding?: number;
}

export interface ArchiveOptions {
  /** Saturates the end record and adds the zip64 one. */
  readonly zip64?: boolean;
  readonly entries?: number;
  readonly disk?: number;
  readonly directorySize?: number;
  readonly directoryStart?: number;
  /** What the zip64 record says of the number of entries. */
  readonly entries64?: number;
  readonly trailing?: number;
}

const hasDescriptor = 8;

export function zipOf(entries: readonly EntryOptions[], options: ArchiveOptions = {}): Uint8Array<ArrayBuffer> {
  const file = new Bytes();
  const directory = new Bytes();
  for (const entry of entries) {
    const data = entry.data ?? new Uint8Array(0);
    const described = entry.descriptor !== undefined;
    const flags = (entry.flags ?? 0) | (described ? hasDescriptor : 0);
    const method = entry.method ?? 0;
    const crc = entry.crc ?? crc32(data);
    const size = entry.size ?? data.length;
    const compressedSize = entry.compressedSize ?? data.length;
    const headerOffset = entry.headerOffset ?? file.length;
    const name = new TextEncoder().encode(entry.name);
    const localName = new TextEncoder().encode(entry.localName ?? entry.name);
    const padding = entry.padding ?? 0;

    file
      .u32(0x04034b50)
      .u16(20)
      .u16(entry.localFlags ?? flags)
      .u16(entry.localMethod ?? method)
      .u32(0);
    file
      .u32(described ? 0 : crc)
      .u32(described ? 0 : compressedSize)
      .u32(described ? 0 : size);
    file.u16(localName.length).u16(padding).bytes(localName).bytes(new Uint8Array(padding)).bytes(data);
    if (described) {
      if (entry.descriptor !== 12) file.u32(0x08074b50);
      file.u32(crc);
      if (entry.descriptor === 24) file.u64(compressedSize).u64(size);
      else file.u32(compressedSize).u32(size);
    }

    const wide = (value: number) => (entry.zip64 ? 0xffffffff : value);
    directory.u32(0x02014b50).u16(20).u16(20).u16(flags).u16(method).u32(0).u32(crc);
    directory
      .u32(wide(compressedSize))
      .u32(wide(size))
      .u16(name.length)
      .u16(entry.zip64 ? 4 + 4 + 24 : 0);
    directory.u16(0).u16(0).u16(0).u32(0).u32(wide(headerOffset)).bytes(name);
    if (entry.zip64) {
      directory.u16(0x4246).u16(0); // another field first
      directory.u16(0x0001).u16(24).u64(size).u64(compressedSize).u64(headerOffset);
    }
  }
  const start = options.directoryStart ?? file.length;
  const size = options.directorySize ?? directory.length;
  const count = options.entries ?? entries.length;
  const disk = options.disk ?? 0;
  file.bytes(directory.result());
  if (options.zip64) {
    const end64 = file.length;
    const count64 = options.entries64 ?? count;
    file.u32(0x06064b50).u64(44).u16(45).u16(45).u32(disk).u32(disk).u64(count64).u64(count64).u64(size).u64(start);
    file.u32(0x07064b50).u32(0).u64(end64).u32(1);
  }
  const saturated = options.zip64 && options.entries64 === undefined;
  file
    .u32(0x06054b50)
    .u16(disk)
    .u16(disk)
    .u16(saturated ? 0xffff : count)
    .u16(saturated ? 0xffff : count);
  file
    .u32(saturated ? 0xffffffff : size)
    .u32(saturated ? 0xffffffff : start)
    .u16(0);
  return file.bytes(new Uint8Array(options.trailing ?? 0)).result();
}

class Bytes {
  private readonly parts: number[] = [];

  get length(): number {
    return this.parts.length;
  }
  u16(value: number): this {
    this.parts.push(value & 0xff, (value >>> 8) & 0xff);
    return this;
  }
  u32(value: number): this {
    return this.u16(value & 0xffff).u16(value >>> 16);
  }
  u64(value: number): this {
    return this.u32(value % 2 ** 32).u32(Math.floor(value / 2 ** 32));
  }
  bytes(bytes: Uint8Array): this {
    for (const byte of bytes) this.parts.push(byte);
    return this;
  }
  result(): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.parts);
  }
}
