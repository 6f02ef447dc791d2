/** What everywhere.d.ts says and Node has, but its types leave out. */

type BufferSource = ArrayBuffer | ArrayBufferView<ArrayBuffer>;
type Transferable = import('node:worker_threads').Transferable;

declare module 'worker_threads' {
  interface MessagePort {
    onmessage: ((event: { readonly data: unknown }) => void) | null;
  }
}
