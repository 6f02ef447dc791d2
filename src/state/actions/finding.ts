/** Which actions the palette finds for what is typed, and which were used last. */
import type { Action } from '../actions';
import { remember, remembered } from '../remembered';
import type { StudioState } from '../studio';

/** The lower, the better: where a word is found. */
const ranks = { labelStart: 0, wordStart: 1, inLabel: 2, besideStart: 3, beside: 5 } as const;

/**
 * Those that every word is found in, the best first: words of the label count more than its middle, and both more than what
 * is said beside it. What cannot be run now comes last.
 */
export function findActions(typed: string, actions: readonly Action[], state: StudioState): readonly Action[] {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
  return actions
    .flatMap((action) => {
      const rank = rankOf(action, words);
      return rank === undefined ? [] : [{ action, rank: rank + (action.enabled(state) ? 0 : notNow) }];
    })
    .toSorted((a, b) => a.rank - b.rank)
    .map(({ action }) => action);
}

const notNow = 1000;

function rankOf({ label, group, about = '', also = '' }: Action, words: readonly string[]): number | undefined {
  const name = label.toLowerCase();
  const beside = `${group} ${also} ${about}`.toLowerCase();
  let sum = 0;
  for (const word of words) {
    const rank = rankIn(name, beside, word);
    if (rank === undefined) return undefined;
    sum += rank;
  }
  return sum;
}

function rankIn(name: string, beside: string, word: string): number | undefined {
  if (name.startsWith(word)) return ranks.labelStart;
  if (startsWord(name, word)) return ranks.wordStart;
  if (name.includes(word)) return ranks.inLabel;
  if (startsWord(beside, word)) return ranks.besideStart;
  return beside.includes(word) ? ranks.beside : undefined;
}

function startsWord(text: string, word: string): boolean {
  for (let from = text.indexOf(word); from >= 0; from = text.indexOf(word, from + 1)) {
    if (from === 0 || !/[\p{L}\p{N}]/u.test(text.charAt(from - 1))) return true;
  }
  return false;
}

const recentKey = 'secateur-recent-actions';
const mostRecent = 5;

/** Of earlier visits, too; the last one first. */
export function recentActions(actions: readonly Action[]): readonly Action[] {
  const ids = (remembered(recentKey) ?? '').split('\n');
  return ids.flatMap((id) => actions.find((action) => action.id === id) ?? []);
}

/** @param action that was run; of what belongs to one file nothing is remembered */
export function rememberAction({ id }: Action): void {
  const others = (remembered(recentKey) ?? '').split('\n').filter((other) => other !== '' && other !== id);
  remember(recentKey, [id, ...others].slice(0, mostRecent).join('\n'));
}
