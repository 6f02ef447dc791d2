/** Typed errors. They carry a code and where it happened, and cross the worker boundary intact. */

export type ErrorCode =
  /** The first bytes are those of no format that Secateur opens. */
  | 'unrecognised-file'
  /** The file claims a format and breaks its rules: damaged or hostile. */
  | 'malformed-file'
  /** Valid, but something Secateur does not do (the message says what and why). */
  | 'unsupported-feature'
  /** What is open holds only part of the checkpoint: another file has the rest. */
  | 'missing-file'
  /** The operating system or browser would not let us read (moved, changed, no permission). */
  | 'file-unreadable'
  /** The file opens and shows, but cannot be exported. */
  | 'read-only-file'
  | 'invalid-recipe'
  /** Values of a repair are no longer held, or were never brought along. */
  | 'repair-missing'
  | 'write-failed'
  /** The model could not be run: operators, inputs or sizes that ONNX Runtime does not take. */
  | 'evaluation-failed'
  | 'out-of-memory'
  | 'worker-crashed'
  /** A part of Secateur that is fetched when it is needed did not arrive. */
  | 'not-fetched'
  /** The GPU was taken away or has no memory left: the same can be done without it. */
  | 'gpu-lost'
  | 'cancelled'
  /** A bug of ours. */
  | 'internal';

export interface ErrorContext {
  file?: string;
  format?: string;
  tensor?: string;
  /** Archive record or field where it was found, e.g. `archive/data.pkl`. */
  record?: string;
  /** Byte offset in the file. */
  offset?: number;
  /** What the user can try next, one sentence. */
  advice?: string;
}

/** So many characters are a sentence: names and values that a file says in it may be of any length. */
const longestMessage = 600;

/** With what a file put into it made harmless: no control characters, and the middle left out where it is long. */
function readable(message: string): string {
  const text = message.replace(/\p{Cc}+/gu, '\ufffd');
  const half = longestMessage / 2;
  return text.length > longestMessage ? `${text.slice(0, half)} … ${text.slice(-half)}` : text;
}

/** The one error class for everything expected to go wrong. `message` is one sentence for the user. */
export class CheckpointError extends Error {
  override readonly name = 'CheckpointError';
  readonly code: ErrorCode;
  readonly context: ErrorContext;

  constructor(code: ErrorCode, message: string, context: ErrorContext = {}, options?: { cause?: unknown }) {
    super(readable(message), options);
    this.code = code;
    this.context = context;
  }
}

/** @param what did not arrive, as the subject of a sentence */
export function notFetched(what: string, cause?: unknown): CheckpointError {
  return new CheckpointError(
    'not-fetched',
    `${what} could not be fetched.`,
    { advice: 'Check that this machine reaches the site that Secateur comes from, then try again.' },
    { cause },
  );
}

/** What browsers say of a file that did not arrive: by `fetch`, or as a module. */
export function isFetchFailure(thrown: unknown): boolean {
  const text = thrown instanceof Error ? thrown.message : String(thrown);
  return /failed to fetch|fetching of the wasm failed|networkerror|load failed|importing a module script failed|error loading dynamically imported/i.test(
    text,
  );
}

/** Whether a worker died, or never came to life: what it had to do can be given to another. */
export function isWorkerGone(thrown: unknown): thrown is CheckpointError {
  return thrown instanceof CheckpointError && (thrown.code === 'worker-crashed' || thrown.code === 'not-fetched');
}

/** Shorthand for the commonest error. */
export function malformed(message: string, context: ErrorContext = {}): CheckpointError {
  return new CheckpointError('malformed-file', message, context);
}

/** Whether the browser had no memory left for an allocation. */
export function isAllocationFailure(thrown: unknown): thrown is RangeError {
  return (
    thrown instanceof RangeError &&
    /allocation|out of memory|array length|buffer/i.test(thrown.message) &&
    !/bounds/i.test(thrown.message)
  );
}

/** A CheckpointError as plain data, for structured clone (which drops subclasses and own fields of errors). */
export interface WireError {
  code: ErrorCode;
  message: string;
  context: ErrorContext;
  stack?: string;
}

export function toWireError(thrown: unknown): WireError {
  if (thrown instanceof CheckpointError) {
    return { code: thrown.code, message: thrown.message, context: thrown.context };
  }
  if (thrown instanceof DOMException && thrown.name === 'AbortError')
    return { code: 'cancelled', message: 'Cancelled.', context: {} };
  if (thrown instanceof DOMException && (thrown.name === 'NotReadableError' || thrown.name === 'NotFoundError')) {
    return {
      code: 'file-unreadable',
      message: 'The file can no longer be read: it was changed, moved or deleted after it was opened.',
      context: { advice: 'Open it again.' },
    };
  }
  if (thrown instanceof TypeError && isFetchFailure(thrown)) return toWireError(notFetched('A part of Secateur'));
  if (isAllocationFailure(thrown)) {
    return {
      code: 'out-of-memory',
      message: `The browser had no memory left: ${thrown.message}.`,
      context: { advice: 'Close other tabs and try again.' },
    };
  }
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  return {
    code: 'internal',
    message: error.message,
    context: {},
    ...(error.stack === undefined ? {} : { stack: error.stack }),
  };
}

export function fromWireError(wire: WireError): CheckpointError {
  const error = new CheckpointError(wire.code, wire.message, wire.context);
  if (wire.stack !== undefined) error.stack = wire.stack;
  return error;
}

/** Whatever was thrown, as one of ours. */
export function asCheckpointError(thrown: unknown): CheckpointError {
  return thrown instanceof CheckpointError ? thrown : fromWireError(toWireError(thrown));
}

/** Throws the `cancelled` error if the signal has fired. */
export function throwIfCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new CheckpointError('cancelled', 'Cancelled.');
}
