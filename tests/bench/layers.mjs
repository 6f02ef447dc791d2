/** `npm run bench -- --layers`: a transformer of 1,002 tensors, opened, scrolled and dragged in the production build. */
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { chooseWholeModel, dragForTwoSeconds, launch, scrollForTwoSeconds, timeOpen, visit } from './browser.mjs';
import { llamaShapes, writeSafetensors } from './synthetic.mjs';

/** @returns Markdown */
export async function layersRounds(folder, address, rounds) {
  const path = join(folder, 'layers.safetensors');
  const bytes = writeSafetensors(path, llamaShapes(111, 128));
  const runs = [];
  for (let round = 0; round < rounds; round++) runs.push(await oneRound(folder, path, address));
  rmSync(path);
  const rows = [
    ['opened and drawn', ({ opened }) => `${(opened / 1000).toFixed(2)} s`],
    ['two seconds of scrolling the table: longest main-thread task', ({ scroll }) => smooth(scroll)],
    ['two seconds of dragging, whole model: longest main-thread task', ({ drag }) => smooth(drag)],
  ];
  return `## A transformer of 1,002 tensors (${(bytes / 1e6).toFixed(0)} MB)

|  | ${runs.map((_, i) => `round ${i + 1}`).join(' | ')} |
| --- | ${runs.map(() => '---').join(' | ')} |
${rows.map(([what, figure]) => `| ${what} | ${runs.map(figure).join(' | ')} |`).join('\n')}`;
}

async function oneRound(folder, path, address) {
  const profile = mkdtempSync(join(folder, 'profile-'));
  const context = await launch(profile);
  try {
    const page = await visit(context, address);
    const { shown } = await timeOpen(page, path);
    await chooseWholeModel(page);
    const scroll = await scrollForTwoSeconds(page);
    return { opened: shown, scroll, drag: await dragForTwoSeconds(page) };
  } finally {
    await context.close();
    rmSync(profile, { recursive: true, force: true });
  }
}

function smooth({ longestTask, dropped, frames }) {
  return `${longestTask.toFixed(0)} ms, ${dropped} of ${frames} frames over 33 ms`;
}
