/** Where a command speaks: results on one stream, everything about the work on the other. */
import type { Readable } from 'node:stream';

export interface Terminal {
  /** What was asked for. */
  print(text: string): void;
  /** Whether what was asked for may be bytes: not on a screen. */
  readonly takesBytes: boolean;
  send(bytes: Readable): Promise<void>;
  /** Sentences about the work. */
  say(text: string): void;
  /** One line that takes the place of the one before; '' clears it. Does nothing in a pipe. */
  status(line: string): void;
}

interface Stream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string | Uint8Array, done?: (error?: Error | null) => void): unknown;
}

/** @param out results @param about all else */
export function terminalOn(out: Stream, about: Stream): Terminal {
  let shown = '';
  const status = (line: string) => {
    if (!about.isTTY || line === shown) return;
    shown = line.slice(0, (about.columns ?? 80) - 1);
    about.write(`\r\u001b[2K${shown}`);
  };
  return {
    takesBytes: !out.isTTY,
    send: async (bytes) => {
      status('');
      for await (const chunk of bytes) {
        await new Promise<void>((done, failed) => {
          out.write(chunk, (error) => (error ? failed(error) : done()));
        });
      }
    },
    print: (text) => {
      status('');
      out.write(text);
    },
    say: (text) => {
      status('');
      about.write(`${text}\n`);
    },
    status,
  };
}
