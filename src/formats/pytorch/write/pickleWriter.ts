/** Writes the opcodes of pickle protocol 2 (Python's Lib/pickle.py) that a state dict needs; see pickle/opcodes.ts. */

/** A growing buffer of opcodes. Every method leaves one value on the unpickler's stack, unless it says otherwise. */
export class PickleWriter {
  private bytes = new Uint8Array(1024);
  private length = 0;

  constructor() {
    this.raw(0x80, 2); // PROTO 2
  }

  /** Ends the pickle: the value on the stack is its own. */
  finish(): Uint8Array<ArrayBuffer> {
    this.raw(0x2e); // STOP
    return this.bytes.slice(0, this.length);
  }

  /** A class or function by name. Names of ours only: they are written as lines. */
  global(module: string, name: string): void {
    this.raw(0x63, ...new TextEncoder().encode(`${module}\n${name}\n`)); // GLOBAL
  }

  text(value: string): void {
    const encoded = new TextEncoder().encode(value);
    const head = new Uint8Array(5);
    head[0] = 0x58; // BINUNICODE
    new DataView(head.buffer).setUint32(1, encoded.length, true);
    this.raw(...head);
    this.append(encoded);
  }

  /** @param value a whole number from 0 to 2^53 */
  count(value: number): void {
    if (value < 2 ** 31) {
      const head = new Uint8Array(5);
      head[0] = 0x4a; // BININT
      new DataView(head.buffer).setInt32(1, value, true);
      this.raw(...head);
      return;
    }
    const head = new Uint8Array(10);
    head[0] = 0x8a; // LONG1 of 8 bytes
    head[1] = 8;
    new DataView(head.buffer).setBigInt64(2, BigInt(value), true);
    this.raw(...head);
  }

  no(): void {
    this.raw(0x89); // NEWFALSE
  }

  /** Of what `write` puts on the stack. */
  tuple(write: () => void): void {
    this.raw(0x28); // MARK
    write();
    this.raw(0x74); // TUPLE
  }

  counts(values: readonly number[]): void {
    this.tuple(() => {
      for (const value of values) this.count(value);
    });
  }

  /** Calls the function, and then with the tuple, that `write` puts on the stack. */
  call(write: () => void): void {
    write();
    this.raw(0x52); // REDUCE
  }

  /** A value that lies outside the pickle, by the id that `write` puts on the stack. */
  persistent(write: () => void): void {
    write();
    this.raw(0x51); // BINPERSID
  }

  emptyOrderedDict(): void {
    this.call(() => {
      this.global('collections', 'OrderedDict');
      this.raw(0x29); // EMPTY_TUPLE
    });
  }

  /** `write` puts keys and values on the stack in turn. */
  orderedDict(write: () => void): void {
    this.emptyOrderedDict();
    this.raw(0x28); // MARK
    write();
    this.raw(0x75); // SETITEMS
  }

  private raw(...bytes: number[]): void {
    this.append(bytes);
  }

  private append(bytes: ArrayLike<number>): void {
    const needed = this.length + bytes.length;
    if (needed > this.bytes.length) {
      const grown = new Uint8Array(Math.max(needed, this.bytes.length * 2));
      grown.set(this.bytes);
      this.bytes = grown;
    }
    this.bytes.set(bytes, this.length);
    this.length = needed;
  }
}
