/** What a page and its parts are answered with: from this machine, or from the network first. */
import { build, hashed } from './build';
import { isOurPage, withHeaders } from './headers';
import type { Kept } from './kept';

export interface Place {
  /** The address that the page is served at, with a slash at its end. */
  readonly scope: string;
  /** On this machine what is served may be another build, or another program: the network answers first. */
  readonly isOwnMachine: boolean;
  /** The address belongs to another program now. */
  stepAside(): Promise<void>;
}

/** @returns undefined: the request is none of ours @throws TypeError where nothing is kept and the network does not answer */
export function answerTo(request: Request, kept: Kept, place: Place): Promise<Response> | undefined {
  const { scope } = place;
  const address = request.url.replace(/[?#].*$/, '');
  if (request.method !== 'GET' || !address.startsWith(scope)) return undefined;
  const path = address.slice(scope.length);
  if (request.mode === 'navigate') return path === '' || path === 'index.html' ? page(request, kept, place) : undefined;
  return path.startsWith(hashed) || build.files.includes(path) ? part(request, path, kept, place) : undefined;
}

async function page(request: Request, kept: Kept, place: Place): Promise<Response> {
  const here = async () => {
    const response = await kept.page();
    return response && withHeaders(response);
  };
  if (!place.isOwnMachine) return (await here()) ?? withHeaders(await fetch(request));
  const response = await fetch(request).catch(() => undefined);
  if (!response) return (await here()) ?? Response.error();
  if (await isOurPage(response.clone())) return withHeaders(response);
  await place.stepAside();
  return response;
}

async function part(request: Request, path: string, kept: Kept, { isOwnMachine }: Place): Promise<Response> {
  const isHashed = path.startsWith(hashed);
  const fresh = isOwnMachine && !isHashed ? await fetch(request).catch(() => undefined) : undefined;
  const response = fresh ?? (await kept.part(path)) ?? (await fetch(request));
  return request.destination === 'worker' ? withHeaders(response) : response;
}
