import { describe, expect, it } from 'vitest';
import { lineOf, progressOn } from '../../../src/cli/progress';
import { terminalOn } from '../../../src/cli/terminal';

describe('the line of progress', () => {
  it('says what is done, of how much, and what is left once that can be guessed', () => {
    const made = { stage: 'measuring', done: 25e6, total: 100e6, tensorsDone: 4, tensorsTotal: 18 } as const;
    expect(lineOf(made, 500)).toBe('measuring: 25.0 MB of 100.0 MB, tensor 5 of 18');
    expect(lineOf(made, 2000)).toBe('measuring: 25.0 MB of 100.0 MB, tensor 5 of 18, 6 s left');
  });

  it('stands in one line of a terminal, and nowhere else', () => {
    let [shown, piped] = ['', ''];
    const out = { write: () => {} };
    const about = { isTTY: true, columns: 40, write: (text: string) => (shown += text) };
    const context = progressOn(terminalOn(out, about), new AbortController().signal, () => 0);
    context.progress({ stage: 'writing', done: 1, total: 2, tensorsDone: 0, tensorsTotal: 1 });
    expect(shown).toBe('\r\u001b[2Kwriting: 1 B of 2 B, tensor 1 of 1');
    const pipe = { write: (text: string) => (piped += text) };
    progressOn(terminalOn(out, pipe), new AbortController().signal).progress({ stage: 'writing', done: 1, total: 2 });
    expect(piped).toBe('');
  });
});
