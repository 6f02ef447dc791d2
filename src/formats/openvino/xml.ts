/** The tags of an XML file, one after the other. No entities but XML's own five, so that nothing grows; text between tags is left out. */
import { type ErrorContext, malformed } from '../../lib/errors';

export interface Tag {
  readonly name: string;
  readonly kind: 'open' | 'close' | 'empty';
  readonly attributes: ReadonlyMap<string, string>;
}

const attribute = /([\w.:-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g;
const none: ReadonlyMap<string, string> = new Map();

/** What stands between two marks and is no tag. */
const passages: readonly (readonly [string, string])[] = [
  ['<!--', '-->'],
  ['<![CDATA[', ']]>'],
  ['<?', '?>'],
  ['<!', '>'],
];

/** @throws CheckpointError `malformed-file` where one has no end, or its name is none */
export function* tagsIn(text: string, context: ErrorContext): Generator<Tag> {
  for (let at = text.indexOf('<'); at >= 0; at = text.indexOf('<', at)) {
    const passage = passages.find(([begin]) => text.startsWith(begin, at));
    const end = passage ? text.indexOf(passage[1], at + passage[0].length) : endOf(text, at);
    if (end < 0) {
      throw malformed('Its description ends within a tag.', {
        ...context,
        offset: at,
        advice: 'The file is probably cut short: download or copy it again.',
      });
    }
    if (!passage) {
      const tag = tagOf(text.slice(at + 1, end));
      if (/[<&'"]/.test(tag.name)) {
        throw malformed('Its description has a tag within the name of another.', { ...context, offset: at });
      }
      yield tag;
    }
    at = end + (passage?.[1].length ?? 1);
  }
}

/** Of the tag that begins there: brackets within quotes are part of it, another tag outside them is not. */
function endOf(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    const character = text[at];
    if (character === '>') return at;
    if (character === '<') return -1;
    if (character !== '"' && character !== "'") continue;
    at = text.indexOf(character, at + 1);
    if (at < 0) return -1;
  }
  return -1;
}

function tagOf(content: string): Tag {
  if (content.startsWith('/')) return { name: content.slice(1).trim(), kind: 'close', attributes: none };
  const isEmpty = content.endsWith('/');
  const inner = isEmpty ? content.slice(0, -1) : content;
  const name = /^[^\s/]*/.exec(inner)?.[0] ?? '';
  const attributes = new Map<string, string>();
  for (const [, key = '', double, single = ''] of inner.slice(name.length).matchAll(attribute)) {
    attributes.set(key, plain(double ?? single));
  }
  return { name, kind: isEmpty ? 'empty' : 'open', attributes };
}

const entities = new Map([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
]);

function plain(text: string): string {
  return text.replace(/&(\w+);/g, (whole, name) => entities.get(name) ?? whole);
}
