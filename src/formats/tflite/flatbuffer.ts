/** A flatbuffer (https://flatbuffers.dev/internals) by byte range: tables, of which no offset is believed. */
import { type CheckpointError, malformed } from '../../lib/errors';
import type { PagedReader } from '../../lib/pagedReader';
import type { ByteRange } from '../../tensors/tensor';

/** A model of a hundred thousand operators stays below it; tables may be named more often than they are there. */
const mostTables = 2_000_000;
const text = new TextDecoder();

export class Flatbuffer {
  readonly reader: PagedReader;
  private read = 0;

  constructor(reader: PagedReader) {
    this.reader = reader;
  }

  async root(): Promise<Table> {
    const offset = await this.reader.view(0, 4, 'The root of the flatbuffer');
    return this.table(offset.getUint32(0, true));
  }

  /** @param position in the file */
  async table(position: number): Promise<Table> {
    if (++this.read > mostTables) throw this.fault('The flatbuffer has more tables than Secateur reads', position);
    const { reader } = this;
    const back = (await reader.view(position, 4, 'A table')).getInt32(0, true);
    const places = position - back;
    const sizes = await reader.view(places, 4, 'The fields of a table');
    const [placesLength, length] = [sizes.getUint16(0, true), sizes.getUint16(2, true)];
    if (placesLength < 4 || placesLength % 2 !== 0 || length < 4) {
      throw this.fault('A table of the flatbuffer has impossible sizes', places);
    }
    return new Table(
      this,
      position,
      await reader.view(places, placesLength, 'The fields of a table'),
      await reader.view(position, length, 'A table'),
    );
  }

  fault(message: string, offset: number): CheckpointError {
    return malformed(`${message} (offset ${offset}).`, { ...this.reader.context, offset });
  }
}

/** A list in the file. */
export interface Vector {
  /** Of its first element. */
  readonly start: number;
  readonly length: number;
}

export class Table {
  private readonly file: Flatbuffer;
  private readonly position: number;
  private readonly places: DataView;
  private readonly fields: DataView;

  constructor(file: Flatbuffer, position: number, places: DataView, fields: DataView) {
    this.file = file;
    this.position = position;
    this.places = places;
    this.fields = fields;
  }

  /** Where a field of `width` bytes is in the table; undefined where it has its default. */
  private place(field: number, width: number): number | undefined {
    const at = 4 + 2 * field;
    const place = at + 2 > this.places.byteLength ? 0 : this.places.getUint16(at, true);
    if (place === 0) return undefined;
    if (place + width > this.fields.byteLength) {
      throw this.file.fault('A field of the flatbuffer lies outside its table', this.position);
    }
    return place;
  }

  i8(field: number, otherwise = 0): number {
    const place = this.place(field, 1);
    return place === undefined ? otherwise : this.fields.getInt8(place);
  }

  i32(field: number, otherwise = 0): number {
    const place = this.place(field, 4);
    return place === undefined ? otherwise : this.fields.getInt32(place, true);
  }

  u32(field: number): number {
    return this.i32(field) >>> 0;
  }

  /** A count of bytes, at most `limit`. */
  u64(field: number, limit: number): number {
    const place = this.place(field, 8);
    const value = place === undefined ? 0n : this.fields.getBigUint64(place, true);
    if (value > BigInt(limit)) {
      throw this.file.fault(`A place says ${value}, but the file has ${limit} bytes`, this.position);
    }
    return Number(value);
  }

  has(field: number): boolean {
    return this.place(field, 4) !== undefined;
  }

  async table(field: number): Promise<Table | undefined> {
    const place = this.place(field, 4);
    return place === undefined ? undefined : this.file.table(this.target(place));
  }

  private target(place: number): number {
    return this.position + place + this.fields.getUint32(place, true);
  }

  /** @param width of an element in bytes */
  async vector(field: number, width: number): Promise<Vector> {
    const place = this.place(field, 4);
    if (place === undefined) return { start: this.position, length: 0 };
    const target = this.target(place);
    const length = (await this.file.reader.view(target, 4, 'A list')).getUint32(0, true);
    const start = target + 4;
    if (length * width > this.file.reader.size - start) {
      throw this.file.fault(`A list says that it has ${length} elements of ${width} bytes`, target);
    }
    return { start, length };
  }

  /** The elements of a list of numbers. */
  async view(field: number, width: number): Promise<DataView> {
    const { start, length } = await this.vector(field, width);
    return this.file.reader.view(start, length * width, 'A list');
  }

  async range(field: number): Promise<ByteRange> {
    const { start, length } = await this.vector(field, 1);
    return { start, end: start + length };
  }

  async ints(field: number): Promise<number[]> {
    const view = await this.view(field, 4);
    return Array.from({ length: view.byteLength / 4 }, (_, i) => view.getInt32(4 * i, true));
  }

  /** @param limit on its length: what is behind is left out */
  async string(field: number, limit: number): Promise<string> {
    const { start, length } = await this.vector(field, 1);
    return text.decode(await this.file.reader.bytes(start, Math.min(length, limit), 'A name'));
  }

  async *tables(field: number): AsyncGenerator<Table> {
    const { start, length } = await this.vector(field, 4);
    for (let i = 0; i < length; i++) {
      const place = start + 4 * i;
      const offset = (await this.file.reader.view(place, 4, 'A list of tables')).getUint32(0, true);
      yield await this.file.table(place + offset);
    }
  }
}
