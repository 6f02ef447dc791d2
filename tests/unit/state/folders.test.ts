/** Whole folders that are dropped: which checkpoints are in them, and what becomes of the rest. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sampleFile, studioInThread } from '../../support/studio';

const golden = resolve(import.meta.dirname, '../../golden/files');

function renamed(file: File, name: string): File {
  return new File([file], name);
}

/** The folder of a training run: two checkpoints of the same names, shards of a third, and what a trainer writes beside. */
function run(): { files: File[]; paths: string[] } {
  const shards = readdirSync(join(golden, 'shards/safetensors')).map((name): [string, File] => [
    'run/final',
    new File([readFileSync(join(golden, 'shards/safetensors', name))], name),
  ]);
  const optimizer = readdirSync(join(golden, 'side')).find((name) => /optimizer/.test(name));
  const given: [string, File][] = [
    ['run/checkpoint-1000', renamed(sampleFile('digits-cnn.safetensors'), 'model.safetensors')],
    ['run/checkpoint-500', renamed(sampleFile('digits-cnn.pth'), 'model.pth')],
    ['run/checkpoint-500', new File(['{"model_type": "cnn"}'], 'config.json')],
    ...(optimizer
      ? [
          [
            'run/checkpoint-500',
            renamed(new File([readFileSync(join(golden, 'side', optimizer))], optimizer), 'optimizer.pt'),
          ] as [string, File],
        ]
      : []),
    ...shards,
  ];
  return { files: given.map(([, file]) => file), paths: given.map(([path]) => path) };
}

describe('a folder with several checkpoints', () => {
  it('asks which, by name, place and size, and names the rest', async () => {
    const studio = studioInThread();
    const { files, paths } = run();
    await studio.getState().takeDropped(files, paths, paths);
    const { question, checkpoint } = studio.getState();
    expect(checkpoint).toBeNull();
    expect(question).toMatchObject({ about: 'which', fileName: 'run' });
    expect(
      question!.found!.checkpoints.map(({ folder, name, format, files: its }) => [folder, name, format, its.length]),
    ).toEqual([
      ['run/checkpoint-500', 'model.pth', 'PyTorch zip', 1],
      ['run/checkpoint-1000', 'model.safetensors', 'safetensors', 1],
      ['run/final', 'model.safetensors.index.json', 'safetensors', 6],
    ]);
    const sizeOf = (path: string) => files.filter((_, i) => paths[i] === path).reduce((sum, { size }) => sum + size, 0);
    expect(question!.found!.checkpoints[2]!.size).toBe(sizeOf('run/final'));
    expect(question!.found!.rest).toContain('config.json');
    expect(question!.found!.rest).not.toContain('model.pth');
    if (files.some(({ name }) => name === 'optimizer.pt')) expect(question!.found!.rest).toContain('optimizer.pt');
  });

  it('opens the one that is chosen, with all of its files', async () => {
    const studio = studioInThread();
    const { files, paths } = run();
    await studio.getState().takeDropped(files, paths, paths);
    await studio.getState().openFound(studio.getState().question!.found!.checkpoints[2]!);
    expect(studio.getState().checkpoint).toMatchObject({
      fileName: 'model.safetensors.index.json',
      parts: { length: 6 },
    });
    expect(studio.getState().status).toEqual({ kind: 'ready' });
  });

  it('opens none where that is cancelled', async () => {
    const studio = studioInThread();
    const { files, paths } = run();
    await studio.getState().takeDropped(files, paths, paths);
    const [first] = studio.getState().question!.found!.checkpoints;
    await studio.getState().answer('cancel');
    await studio.getState().openFound(first!);
    expect(studio.getState().checkpoint).toBeNull();
  });
});

describe('a folder with one checkpoint', () => {
  it('opens it without a question', async () => {
    const studio = studioInThread();
    const files = [
      renamed(sampleFile('digits-cnn.safetensors'), 'model.safetensors'),
      new File(['# A model'], 'README.md'),
    ];
    await studio.getState().takeDropped(files, ['repo', 'repo'], ['repo', 'repo']);
    expect(studio.getState()).toMatchObject({ question: null, checkpoint: { fileName: 'model.safetensors' } });
    expect(studio.getState().checkpoint!.notes.map(({ text }) => text)).toContain(
      'README.md was left aside: no part of model.safetensors.',
    );
  });
});
