/** Figures of several rounds as a Markdown table. */

/**
 * @param runs of round.mjs
 * @param pytorch of pytorch.py; may be empty
 */
export function table(runs, pytorch, bytes) {
  const total = ({ open, sparsity, exported }) => open.shown + sparsity + exported;
  const median = (all) => all.toSorted((a, b) => a - b)[Math.floor(all.length / 2)];
  const of = (figure) => median(runs.map(figure));
  const times = (all) => `${seconds(median(all))} (${seconds(Math.min(...all))} to ${seconds(Math.max(...all))})`;
  const speed = (milliseconds) => `${(bytes / milliseconds / 1e6).toFixed(2)} GB/s`;
  const ratio = (a, b) => `${(a / b).toFixed(2)} ×`;
  const row = (what, figure, remark = '', inPyTorch = undefined) => {
    const theirs = pytorch.length > 0 && inPyTorch ? pytorch.map(inPyTorch) : undefined;
    return [
      what,
      times(runs.map(figure)),
      remark,
      theirs ? times(theirs) : '',
      theirs ? ratio(median(theirs), of(figure)) : '',
    ];
  };
  const read = of((run) => run.read);
  const readByTwo = of((run) => run.readByTwo);
  const openAlone = of((run) => run.openAlone.measured);
  const open = of((run) => run.open.measured);
  const { drag } = runs[0];
  const rows = [
    ['', 'Secateur', '', 'PyTorch', 'PyTorch / Secateur'],
    ['---', '---', '---', '---', '---'],
    row('read the bytes, one worker', (run) => run.read, speed(read)),
    row('read the bytes, two workers', (run) => run.readByTwo, speed(readByTwo)),
    row('open and measure, one worker', (run) => run.openAlone.measured, `${ratio(openAlone, read)} the read by one`),
    row(
      'open and measure, all cores',
      (run) => run.open.measured,
      `${ratio(open, readByTwo)} the read by two; one worker takes ${ratio(openAlone, open)} as long`,
    ),
    row('the same, until it is drawn', (run) => run.open.shown),
    row('the outcome of a preset, the slowest of five', (run) => run.presets),
    row(
      'new global sparsity (50 %), exact',
      (run) => run.sparsity,
      '',
      ({ prune }) => prune,
    ),
    row(
      'move a threshold, exact',
      (run) => run.threshold,
      '',
      ({ threshold }) => threshold,
    ),
    row(
      '25 % of filters by L2 norm',
      (run) => run.structured,
      '',
      ({ structured }) => structured,
    ),
    row(
      '2:4',
      (run) => run.pattern,
      '',
      ({ pattern }) => pattern,
    ),
    row(
      'export',
      (run) => run.exported,
      '',
      ({ remove, save }) => remove + save,
    ),
    row(
      'export with "Save to…"',
      (run) => run.saved,
      '',
      ({ remove, save }) => remove + save,
    ),
    row('end to end: open, 50 % global, export', total, '', ({ total }) => total),
    ['peak memory over the empty page', `${(of((run) => run.memory) / 1e6).toFixed(0)} MB`, '', '', ''],
    [
      'two-second drag, whole model: longest main-thread task',
      `${of((run) => run.drag.longestTask).toFixed(0)} ms`,
      `${of((run) => run.drag.dropped)} of ${drag.frames} frames over 33 ms`,
      '',
      '',
    ],
  ];
  return rows.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function seconds(milliseconds) {
  return milliseconds < 100 ? `${milliseconds.toFixed(0)} ms` : `${(milliseconds / 1000).toFixed(2)} s`;
}
