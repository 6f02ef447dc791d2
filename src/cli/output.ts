/** Where a result goes that is no text. */
import { createReadStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CommandCall, textOf, UsageError } from './command';

export const outUsage = '  --out FILE           where it goes; - is standard output';

/**
 * @param write is given where to: a file or a folder, or in the place of `-` a file that goes to standard output once it is whole
 * @throws UsageError where `--out` is missing, or a screen would get bytes
 */
export async function written<Result>(
  { options, terminal }: CommandCall,
  write: (destination: string, named: string) => Promise<Result>,
): Promise<Result> {
  const out = textOf(options, 'out');
  if (out === undefined) throw new UsageError('Say where it goes: --out FILE.');
  if (out !== '-') return write(out, out);
  if (options.json) throw new UsageError('--json and --out - both go to standard output.');
  if (!terminal.takesBytes) throw new UsageError('What --out - writes is for a pipe or a file, not for a screen.');
  const folder = await mkdtemp(join(tmpdir(), 'secateur-'));
  try {
    const path = join(folder, 'whole');
    const result = await write(path, 'standard output');
    await terminal.send(createReadStream(path));
    return result;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
