/** The headers of Secateur's servers on hosts that send none: they isolate the page, which ONNX Runtime's threads need. */
import { build } from './build';

/** Redirected answers are no answers to a navigation. A response that has the headers stays as it is: browsers keep it compiled. */
export function withHeaders(response: Response): Response {
  const missing = Object.entries(build.headers).filter(([name]) => !response.headers.has(name));
  if (!response.ok || (missing.length === 0 && !response.redirected)) return response;
  const headers = new Headers(response.headers);
  for (const [name, value] of missing) headers.set(name, value);
  return new Response(response.body, { status: response.status, statusText: response.statusText, headers });
}

/** Whatever a server says that has trouble is ours, as far as one can tell. Consumes the response. */
export async function isOurPage(response: Response): Promise<boolean> {
  return !response.ok || (await response.text()).includes('<title>Secateur</title>');
}
