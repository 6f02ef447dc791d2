/** What checkpoints are among files of a browser. */
import { surveyFiles } from '../../formats/survey';
import { blobSource } from '../../lib/browser/blobSource';
import { at } from '../../lib/known';
import type { FoundCheckpoint, Result } from '../protocol';

export async function survey(files: readonly File[], folders: readonly string[]): Promise<Result<'survey'>> {
  const given = files.map((file, index) => ({
    name: file.name,
    folder: folders[index] ?? '',
    source: blobSource(file),
    index,
    size: file.size,
  }));
  const { checkpoints, rest } = await surveyFiles(given);
  return {
    checkpoints: checkpoints.map(({ files: its, ...about }): FoundCheckpoint => {
      const { name, folder } = at(its, 0);
      const size = its.reduce((sum, each) => sum + each.size, 0);
      return { name, folder, files: its.map(({ index }) => index), size, ...about };
    }),
    rest: rest.map(({ index }) => index),
  };
}
