/** Prints nginx's configuration for the built page: the same headers as of the other servers. */
import { headers } from './policy.mjs';

const added = Object.entries(headers).map(([name, value]) => `  add_header ${name} "${value}" always;`);
console.log(`server {
  listen 8080;
  root /usr/share/nginx/html;
  types {
    text/html html; text/css css; text/javascript js mjs; application/wasm wasm; application/json json;
    application/manifest+json webmanifest; image/svg+xml svg; image/png png; image/webp webp; text/markdown md;
  }
  default_type application/octet-stream;
  gzip on;
  gzip_types text/css text/javascript application/wasm application/json image/svg+xml;
${added.join('\n')}
}`);
