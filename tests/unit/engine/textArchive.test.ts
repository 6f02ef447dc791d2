import { BlobReader, TextWriter, ZipReader } from '@zip.js/zip.js';
import { expect, it } from 'vitest';
import { textArchive } from '../../../src/engine/page/textArchive';

it('an archive of texts holds them under their names', async () => {
  const files = [
    { name: 'one.json', text: '{"sparsity": 0.5}\n' },
    { name: 'zwei-ü.json', text: '' },
  ];
  const entries = await new ZipReader(new BlobReader(textArchive(files)), { checkSignature: true }).getEntries();
  const read = await Promise.all(
    entries.map(async (entry) => ({
      name: entry.filename,
      text: entry.directory ? '' : await entry.getData(new TextWriter()),
    })),
  );
  expect(read).toEqual(files);
});
