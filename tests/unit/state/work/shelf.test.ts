/** What is kept of files, and what goes once there is very much of it. */
import { describe, expect, it } from 'vitest';
import {
  type KeptFile,
  mostFiles,
  mostWorks,
  type OpenedFile,
  tooMany,
  withWork,
} from '../../../../src/state/work/shelf';

const file: OpenedFile = { hash: 'h', fileName: 'a.pth', size: 1, format: 'f', at: 1, sample: null, handles: [] };
const summary = (id: string) => ({ id, at: 1, what: '', changes: 1, snapshots: 0, sparsity: 0 });
const withWorks = (hash: string, ...ids: string[]): KeptFile => ({ ...file, hash, works: ids.map(summary) });

describe('the shelf', () => {
  it('puts the work that was written last before the others, once', () => {
    const first = withWork(file, undefined, summary('a'));
    const second = withWork(file, first, summary('b'));
    expect(withWork(file, second, summary('a')).works.map(({ id }) => id)).toEqual(['a', 'b']);
  });

  it('keeps the handles of a file that came without any, unless it is called otherwise now', () => {
    const handle = { name: 'a.pth' } as FileSystemFileHandle;
    const before = { ...withWorks('h'), handles: [handle] };
    expect(withWork(file, before, summary('a')).handles).toEqual([handle]);
    expect(withWork({ ...file, fileName: 'b.pth' }, before, summary('a')).handles).toEqual([]);
  });

  it('lets go of the oldest, and never of what a tab is at', () => {
    const ids = Array.from({ length: mostWorks + 2 }, (_, i) => `w${i}`);
    const many = [
      withWorks('busy', ...ids),
      ...Array.from({ length: mostFiles }, (_, i) => withWorks(`${i}`, `of ${i}`)),
    ];
    const inUse = new Set([`w${mostWorks}`]);
    expect(tooMany(many, inUse)).toEqual([{ hash: 'busy', work: `w${mostWorks + 1}` }, { hash: `${mostFiles - 1}` }]);
    expect(tooMany(many, new Set([...inUse, `of ${mostFiles - 1}`]))).toHaveLength(1);
  });
});
