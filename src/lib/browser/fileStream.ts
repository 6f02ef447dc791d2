/**
 * A file that one thread writes while another reads it, over a port between the two. Bytes go once, in order; the writer holds the
 * last of them back until it closes, so that what it aborts is never whole.
 */
import { CheckpointError } from '../errors';
import { last } from '../known';
import { type ByteSink, copyByReading, type Extent } from '../sink';

type ToReader =
  | { readonly type: 'begin'; readonly size: number }
  | { readonly type: 'bytes'; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly type: 'end' }
  | { readonly type: 'abort' }
  /** It is written in another way. */
  | { readonly type: 'none' };

type ToWriter = { readonly type: 'taken'; readonly length: number } | { readonly type: 'cancelled' };

/** Each costs a journey between threads, or processes. */
const pieceBytes = 2 ** 20;
/** A page of weights, and then some: so far behind the last byte, bytes may still be put over others. */
const heldBytes = 16 * 2 ** 20;
/** On the way to the reader. */
const mostUnderWay = 16 * 2 ** 20;

/** The writer's end: a sink whose bytes come in order. */
export class StreamSink implements ByteSink<undefined> {
  private readonly port: MessagePort;
  private readonly size: number;
  /** All full but the last. */
  private held: Uint8Array<ArrayBuffer>[] = [];
  private sent = 0;
  private written = 0;
  private taken = 0;
  private isCancelled = false;
  private wake = () => {};

  /** @param size of the whole file, in bytes */
  constructor(port: MessagePort, size: number) {
    this.port = port;
    this.size = size;
    port.onmessage = ({ data }: MessageEvent<ToWriter>) => {
      if (data.type === 'taken') this.taken += data.length;
      else this.isCancelled = true;
      this.wake();
    };
    this.say({ type: 'begin', size });
  }

  /** @throws CheckpointError `write-failed` where the reader is gone; `internal` for bytes that are on their way already */
  async put(offset: number, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    if (offset < this.sent || offset > this.written) {
      throw new CheckpointError('internal', `Byte ${offset} of a download came behind byte ${this.written}.`, {
        offset,
      });
    }
    const over = Math.min(bytes.length, this.written - offset);
    if (over > 0) this.putOver(offset, bytes.subarray(0, over));
    for (let from = over; from < bytes.length; ) {
      const room = this.room();
      const part = bytes.subarray(from, from + room.length);
      room.set(part);
      from += part.length;
      this.written += part.length;
      await this.send(heldBytes);
    }
  }

  copy(extent: Extent, offset: number): Promise<void> {
    return copyByReading(this, extent, offset);
  }

  /** Settles once the reader has everything. @throws as `put` does */
  async close(): Promise<undefined> {
    if (this.written !== this.size) {
      throw new CheckpointError('internal', `${this.written} bytes of ${this.size} were written.`);
    }
    await this.send(0);
    this.say({ type: 'end' });
    while (this.taken < this.size) await this.next();
    this.port.close();
    return undefined;
  }

  async abort(): Promise<void> {
    this.say({ type: 'abort' });
    this.port.close();
  }

  /** What is free of the last piece. */
  private room(): Uint8Array<ArrayBuffer> {
    const filled = (this.written - this.sent) % pieceBytes;
    if (filled === 0) this.held.push(new Uint8Array(Math.min(pieceBytes, this.size - this.written)));
    return last(this.held).subarray(filled);
  }

  private putOver(offset: number, bytes: Uint8Array): void {
    for (let from = 0; from < bytes.length; ) {
      const at = offset + from - this.sent;
      const piece = this.held[Math.floor(at / pieceBytes)]?.subarray(at % pieceBytes) ?? new Uint8Array();
      const part = bytes.subarray(from, from + piece.length);
      piece.set(part);
      from += part.length;
    }
  }

  /** All but so many of the last bytes. */
  private async send(toHold: number): Promise<void> {
    while (this.written - this.sent > toHold) {
      while (this.sent - this.taken > mostUnderWay) await this.next();
      if (this.isCancelled) throw brokenOff();
      const piece = this.held.shift();
      if (!piece) return;
      this.sent += piece.length;
      this.say({ type: 'bytes', bytes: piece }, [piece.buffer]);
    }
  }

  private async next(): Promise<void> {
    if (!this.isCancelled) {
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
    if (this.isCancelled) throw brokenOff();
  }

  private say(message: ToReader, transfer: Transferable[] = []): void {
    this.port.postMessage(message, transfer);
  }
}

/** For a port that is not needed. */
export function noStream(port: MessagePort): void {
  port.postMessage({ type: 'none' } satisfies ToReader);
  port.close();
}

function brokenOff(): CheckpointError {
  return new CheckpointError('write-failed', 'The browser ended the download before all of it was written.', {
    advice: 'Where that was not you, free some disk space. Then download it again.',
  });
}

export interface StreamedFile {
  /** In bytes. */
  readonly size: number;
  readonly stream: ReadableStream<Uint8Array<ArrayBuffer>>;
}

/** The reader's end. @returns undefined where nothing comes by this port */
export function streamedFile(port: MessagePort): Promise<StreamedFile | undefined> {
  const come: ToReader[] = [];
  let wake = () => {};
  const next = async (): Promise<ToReader> => {
    for (;;) {
      const message = come.shift();
      if (message) return message;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  };
  port.onmessage = ({ data }: MessageEvent<ToReader>) => {
    come.push(data);
    wake();
  };
  const say = (message: ToWriter) => port.postMessage(message);
  const stream = new ReadableStream<Uint8Array<ArrayBuffer>>(
    {
      async pull(controller) {
        const message = await next();
        if (message.type === 'bytes') {
          controller.enqueue(message.bytes);
          say({ type: 'taken', length: message.bytes.length });
        } else if (message.type === 'end') {
          controller.close();
        } else {
          controller.error(new TypeError('The file was not written to its end.'));
        }
      },
      cancel: () => say({ type: 'cancelled' }),
    },
    { highWaterMark: 0 },
  );
  return next().then((message) => (message.type === 'begin' ? { size: message.size, stream } : undefined));
}
