/**
 * What a page, a worker and Node have alike, and no more of it than is used: modules that run in all three see these
 * names and none of a browser's (tsconfig/core.json).
 */

interface DOMException extends Error {
  readonly code: number;
}
declare var DOMException: { prototype: DOMException; new (message?: string, name?: string): DOMException };

interface AbortSignal {
  readonly aborted: boolean;
  readonly reason: unknown;
  addEventListener(type: 'abort', listener: () => void, options?: { once?: boolean; signal?: AbortSignal }): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}
declare var AbortSignal: {
  prototype: AbortSignal;
  abort(reason?: unknown): AbortSignal;
  any(signals: Iterable<AbortSignal>): AbortSignal;
};
interface AbortController {
  readonly signal: AbortSignal;
  abort(reason?: unknown): void;
}
declare var AbortController: { prototype: AbortController; new (): AbortController };

interface MessageEvent<Data = unknown> {
  readonly data: Data;
}
interface ErrorEvent {
  readonly message: string;
}
interface MessagePort {
  // biome-ignore lint/suspicious/noExplicitAny: as everywhere; whoever listens knows what is said
  onmessage: ((event: MessageEvent<any>) => void) | null;
  onmessageerror: ((event: MessageEvent) => void) | null;
  postMessage(message: unknown, transfer?: Transferable[]): void;
  close(): void;
}
type Transferable = ArrayBuffer | MessagePort;
interface MessageChannel {
  readonly port1: MessagePort;
  readonly port2: MessagePort;
}
declare var MessageChannel: { prototype: MessageChannel; new (): MessageChannel };

type AllowSharedBufferSource = ArrayBufferLike | ArrayBufferView;
type BufferSource = ArrayBuffer | ArrayBufferView<ArrayBuffer>;

interface TextDecoder {
  decode(input?: AllowSharedBufferSource, options?: { stream?: boolean }): string;
}
declare var TextDecoder: {
  prototype: TextDecoder;
  new (label?: string, options?: { fatal?: boolean; ignoreBOM?: boolean }): TextDecoder;
};
interface TextEncoder {
  encode(input?: string): Uint8Array<ArrayBuffer>;
}
declare var TextEncoder: { prototype: TextEncoder; new (): TextEncoder };

interface ReadableStream<Chunk = unknown> {
  getReader(): {
    read(): Promise<{ done: false; value: Chunk } | { done: true; value?: Chunk }>;
    cancel(): Promise<void>;
  };
  pipeThrough<Other>(transform: {
    readonly readable: ReadableStream<Other>;
    readonly writable: WritableStream<Chunk>;
  }): ReadableStream<Other>;
}
interface WritableStream<Chunk = unknown> {
  getWriter(): { write(chunk: Chunk): Promise<void>; close(): Promise<void>; abort(reason?: unknown): Promise<void> };
}
interface CompressionStream {
  readonly readable: ReadableStream<Uint8Array<ArrayBuffer>>;
  readonly writable: WritableStream<BufferSource>;
}
declare var CompressionStream: {
  prototype: CompressionStream;
  new (format: 'gzip' | 'deflate-raw'): CompressionStream;
};
interface DecompressionStream extends CompressionStream {}
declare var DecompressionStream: {
  prototype: DecompressionStream;
  new (format: 'gzip' | 'deflate-raw'): DecompressionStream;
};

declare var crypto: { getRandomValues<Values extends ArrayBufferView<ArrayBuffer>>(values: Values): Values };
declare var performance: { now(): number };
declare function structuredClone<Value>(value: Value, options?: { transfer?: Transferable[] }): Value;
declare function setTimeout(callback: () => void, milliseconds?: number): unknown;

/** Handed on from thread to thread, never read here: what reads and writes them is in a browser's folder. */
interface Blob {
  readonly size: number;
}
interface File extends Blob {
  readonly name: string;
}
interface FileSystemFileHandle {
  readonly kind: 'file';
  readonly name: string;
}
interface FileSystemDirectoryHandle {
  readonly kind: 'directory';
  readonly name: string;
}
