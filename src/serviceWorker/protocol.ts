/** What the page says to its service worker. */

export type ToServiceWorker =
  /** Answered on `port`, with a boolean: whether the worker comes with the page whose first script this is. */
  | { readonly type: 'is-of'; readonly script: string; readonly port: MessagePort }
  /** From the worker before. */
  | { readonly type: 'take-over' }
  /** The page runs models by this backend: what that needs is to be here without the network, too. */
  | { readonly type: 'keep-runtime'; readonly backend: RuntimeBackend }
  /** A file that is written into `port` (`lib/browser/fileStream.ts`) while it is downloaded, from `download/<id>`. */
  | { readonly type: 'download'; readonly id: string; readonly name: string; readonly port: MessagePort }
  /** Browsers end a worker that nobody speaks to, downloads or not. */
  | { readonly type: 'stay' };

/** Where downloads are asked for, below the page's address. */
export const downloads = 'download/';

export type RuntimeBackend = 'wasm' | 'webgpu';
