/** A recipe in a link: its text, compressed, behind the `#` of the page's address, which browsers send to no server. */
import { CheckpointError } from '../lib/errors';
import { parseRecipe } from '../pruning/parseRecipe';
import { isRecipeText, recipeLimit } from './dropped';
import { studio } from './store';

export const linkMark = '#recipe=';
const linked = /#recipe=([\w-]+)/;

/** Characters: what chats and mail programs take as one link. */
const longest = 16_000;

/** @param page its address @throws CheckpointError `unsupported-feature` where it would be too long to be sent */
export async function linkOf(text: string, page: string): Promise<string> {
  const plain = new Blob([JSON.stringify(JSON.parse(text))]);
  const packed = await new Response(plain.stream().pipeThrough(new CompressionStream('deflate-raw'))).arrayBuffer();
  const link = page + linkMark + base64Url(new Uint8Array(packed));
  if (link.length <= longest) return link;
  throw new CheckpointError(
    'unsupported-feature',
    `This recipe is too long for a link: ${link.length} characters, of which many programs cut off what is behind ${longest}. Save it as a file instead.`,
  );
}

/** @param address whole, or its hash @returns the recipe's text @throws CheckpointError `invalid-recipe` */
export async function recipeInLink(address: string): Promise<string> {
  const [, packed = ''] = linked.exec(address) ?? [];
  try {
    const bytes = Uint8Array.from(atob(packed.replaceAll('-', '+').replaceAll('_', '/')), (each) => each.charCodeAt(0));
    return await inflated(new Blob([bytes]));
  } catch (cause) {
    throw new CheckpointError(
      'invalid-recipe',
      'The link holds no whole recipe: it was probably cut off on its way.',
      { advice: 'Ask for it once more, or for the recipe as a file.' },
      { cause },
    );
  }
}

/** A few bytes can unpack to any number. */
async function inflated(packed: Blob): Promise<string> {
  const reader = packed.stream().pipeThrough(new DecompressionStream('deflate-raw')).getReader();
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    size += next.value.length;
    if (size > recipeLimit) {
      await reader.cancel();
      throw new RangeError('It is larger than any recipe.');
    }
    pieces.push(next.value);
  }
  return new Blob(pieces).text();
}

function base64Url(bytes: Uint8Array): string {
  const text = Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
  return btoa(text).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

/** A link to a recipe, on the clipboard. */
export async function copyLink(text: string): Promise<void> {
  const { origin, pathname } = location;
  await navigator.clipboard.writeText(await linkOf(text, origin + pathname));
}

/** Of the page's own address, which is as it was once the recipe was applied: a reload before that still has it. */
export async function takeLink(): Promise<void> {
  const { hash } = location;
  await applyLink(hash, 'The recipe of the link');
  const clear = () => {
    if (location.hash === hash) history.replaceState(null, '', location.pathname + location.search);
  };
  if (!studio.getState().awaited) {
    clear();
    return;
  }
  const stop = studio.subscribe(({ awaited }) => {
    if (awaited) return;
    stop();
    clear();
  });
}

/** @param text a recipe, or a link to one @returns whether it is one of them */
export async function applyPasted(text: string): Promise<boolean> {
  if (isRecipeText(text)) await studio.getState().applyRecipeText(text, 'The pasted recipe');
  else if (linked.test(text)) await applyLink(text, 'The recipe of the link');
  else return false;
  return true;
}

async function applyLink(address: string, name: string): Promise<void> {
  const { applyRecipeText, showError } = studio.getState();
  try {
    const text = await recipeInLink(address);
    parseRecipe(text);
    await applyRecipeText(text, name);
  } catch (error) {
    if (!(error instanceof CheckpointError)) throw error;
    showError(error);
  }
}
