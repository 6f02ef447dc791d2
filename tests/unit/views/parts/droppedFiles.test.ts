/** What the browser hands over when folders are dropped. */
import { describe, expect, it } from 'vitest';
import { droppedFiles } from '../../../../src/views/parts/files/droppedFiles';

type Tree = { readonly [name: string]: File | Tree };

function entryOf(name: string, content: File | Tree, path = ''): unknown {
  const fullPath = `${path}/${name}`;
  if (content instanceof File) {
    return { isFile: true, isDirectory: false, fullPath, file: (done: (file: File) => void) => done(content) };
  }
  // As Chromium gives them: in portions, of which the last is empty.
  const portions = Object.entries(content).map(([each, inside]) => [entryOf(each, inside, fullPath)]);
  const readEntries = (done: (entries: unknown[]) => void) => done(portions.shift() ?? []);
  return { isFile: false, isDirectory: true, fullPath, createReader: () => ({ readEntries }) };
}

function dropOf(tree: Tree): DataTransfer {
  const items = Object.entries(tree).map(([name, content]) => ({ webkitGetAsEntry: () => entryOf(name, content) }));
  const files = Object.entries(tree).map(([name, content]) => (content instanceof File ? content : new File([], name)));
  return { items, files } as unknown as DataTransfer;
}

const file = (name: string) => new File([name], name);

describe('what was dropped', () => {
  it('is the files themselves', async () => {
    const { files, folders } = await droppedFiles(
      dropOf({ 'a.onnx': file('a.onnx'), 'a.onnx.data': file('a.onnx.data') }),
    );
    expect(files.map(({ name }) => name)).toEqual(['a.onnx', 'a.onnx.data']);
    expect(folders).toEqual(['', '']);
  });

  it('is everything in a folder, and in the folders in it', async () => {
    const model = { 'config.json': file('config.json'), onnx: { 'model.onnx': file('model.onnx') } };
    const { files, folders } = await droppedFiles(dropOf({ model, 'r.json': file('r.json') }));
    expect(files.map(({ name }) => name)).toEqual(['config.json', 'model.onnx', 'r.json']);
    expect(folders).toEqual(['model', 'onnx', '']);
  });
});
