/** What the filter box understands: words, globs, `kind:` and `model:`, all of which have to match. */
import { compileGlob } from '../../pruning/glob';
import type { Layer } from '../../state/checkpointSlice';

type Matches = (layer: Layer) => boolean;

const kindTerm = /^kind:(.*)$/i;
const modelTerm = /^model:(.*)$/i;

/**
 * `conv` finds names that contain it, `q_proj*weight` names with a part that matches the glob, in any case; `kind:norm,bias`
 * layers of either kind, `model:state_dict` those of that model. Terms are separated by spaces. An empty text matches everything.
 */
export function parseFilter(text: string): Matches {
  const terms = text.split(/\s+/).filter((term) => term !== '');
  const matchers = terms.map(matcherOf);
  return (layer) => matchers.every((matches) => matches(layer));
}

function matcherOf(term: string): Matches {
  const kinds = kindTerm.exec(term)?.[1]?.toLowerCase().split(',').filter(Boolean);
  // `kind:` alone is still being typed; beginnings match for the same reason.
  if (kinds) return ({ kind }) => kinds.length === 0 || kinds.some((start) => kind.startsWith(start));
  const model = modelTerm.exec(term)?.[1];
  if (model !== undefined) return (layer) => model === '' || modelTermOf(layer.model ?? '') === `model:${model}`;
  const part = term.toLowerCase();
  if (/[*?[]/.test(part)) {
    const glob = compileGlob(`*${part}*`);
    return ({ name }) => glob.matches(name.toLowerCase());
  }
  return ({ name }) => name.toLowerCase().includes(part);
}

/** What finds the layers of a model; the outermost dict has no name of its own. */
export function modelTermOf(model: string): string {
  return `model:${model === '' ? '.' : model.replace(/\s/g, '?')}`;
}
