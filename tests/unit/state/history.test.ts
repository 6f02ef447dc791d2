import { describe, expect, it } from 'vitest';
import { commit, historyOf, redo, undo } from '../../../src/state/history';

describe('history', () => {
  it('goes back and forth', () => {
    const history = commit(commit(historyOf('a'), 'b'), 'c');
    expect(undo(history).present).toBe('b');
    expect(undo(undo(history)).present).toBe('a');
    expect(redo(undo(undo(history))).present).toBe('b');
  });

  it('stays where it is at either end', () => {
    const history = historyOf('a');
    expect(undo(history)).toBe(history);
    expect(redo(history)).toBe(history);
  });

  it('forgets what was undone once something new is done', () => {
    const history = commit(undo(commit(historyOf('a'), 'b')), 'c');
    expect(redo(history).present).toBe('c');
    expect(undo(history).present).toBe('a');
  });

  it('makes no entry of what changed nothing', () => {
    const history = historyOf('a');
    expect(commit(history, 'a')).toBe(history);
  });
});
