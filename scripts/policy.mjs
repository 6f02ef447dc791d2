/** What every response of Secateur's servers says: nothing is loaded from anywhere else, and nothing is sent there. */
import { randomBytes } from 'node:crypto';

/** Of the Content-Security-Policy, as a page can say it for itself. */
const directives = {
  'default-src': "'self'",
  'script-src': "'self' 'wasm-unsafe-eval'",
  // Mantine writes its theme, and React the places of things, as inline styles.
  'style-src': "'self' 'unsafe-inline'",
  'connect-src': "'self' blob:",
  'worker-src': "'self'",
  // Charts become PNG by way of a picture of this page's own.
  'img-src': "'self' blob: data:",
  'object-src': "'none'",
  'base-uri': "'none'",
  'form-action': "'none'",
};

/** The policy of the page's `<meta>`: a second line, where a host sends no headers. It does not reach workers. */
const pagePolicy = written(directives);

/** The policy of every response. */
export const policy = written({ ...directives, 'frame-ancestors': "'none'" });

/** With the first two the page is cross-origin isolated, which ONNX Runtime's threads need; without them it runs on one thread. */
export const headers = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Content-Security-Policy': policy,
};

/** @param {Readonly<Record<string, string>>} directives */
function written(directives) {
  return Object.entries(directives)
    .map(([name, sources]) => `${name} ${sources}`)
    .join('; ');
}

/** Middleware that comes before all others, so that errors and workers have the headers, too. */
function sending(headers) {
  return (_, response, next) => {
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    next();
  };
}

/**
 * Built files have a hash of their content in their names: what a browser has of them it need not ask for again, and it may keep
 * them compiled (Chromium compiles anew what it had to ask about).
 */
function keepingBuilt(request, response, next) {
  if (request.url.startsWith('/assets/')) {
    const { writeHead } = response;
    response.writeHead = (status, headers) => {
      const kept = status === 200 ? { ...headers, 'Cache-Control': 'public, max-age=31536000, immutable' } : headers;
      return writeHead.call(response, status, kept);
    };
  }
  next();
}

/**
 * Sends the policy with everything that Vite serves, and writes it into the page that is built.
 * @returns {import('vite').Plugin}
 */
export function servePolicy() {
  // The development page has inline scripts of Vite and React's refresh; no other inline script runs there either.
  const nonce = randomBytes(16).toString('base64');
  const development = { ...headers, 'Content-Security-Policy': policy.replace('script-src', `$& 'nonce-${nonce}'`) };
  const ownPolicy = {
    tag: 'meta',
    attrs: { 'http-equiv': 'Content-Security-Policy', content: pagePolicy },
    injectTo: 'head-prepend',
  };
  let isBuild = false;
  return {
    name: 'secateur:policy',
    config(_, { command, isPreview }) {
      isBuild = command === 'build';
      return isBuild || isPreview ? {} : { html: { cspNonce: nonce } };
    },
    configureServer(server) {
      server.middlewares.use(sending(development));
    },
    configurePreviewServer(server) {
      server.middlewares.use(sending(headers));
      server.middlewares.use(keepingBuilt);
    },
    transformIndexHtml: () => (isBuild ? [ownPolicy] : []),
  };
}
