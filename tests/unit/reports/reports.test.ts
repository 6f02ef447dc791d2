import { describe, expect, it } from 'vitest';
import type { Recipe } from '../../../src/pruning/recipe';
import { hashOfRecipe, type Repair, repairEntry, repairedOutcomes } from '../../../src/pruning/repair';
import { csvReport } from '../../../src/reports/csvReport';
import { htmlReport } from '../../../src/reports/htmlReport';
import { jsonReport } from '../../../src/reports/jsonReport';
import { hostileNames } from '../../support/hostileNames';
import { parseCsv } from '../../support/parseCsv';
import { layersNamed, reportOf } from './layers';

describe('the CSV report', () => {
  it('has a line for each tensor', () => {
    const [head, ...rows] = parseCsv(csvReport(reportOf(['fc1.weight', 'fc2.weight'])));
    const row = Object.fromEntries(head!.map((name, i) => [name, rows[0]![i]]));
    expect(rows).toHaveLength(2);
    expect(row).toMatchObject({
      name: 'fc1.weight',
      dtype: 'f32',
      shape: '2x3',
      weights: '6',
      bytes: '24',
      zeros_before: '1',
      zeros_after: '3',
      sparsity_after: '0.5',
      threshold: '0.25',
      masks: '|w| <= 0.25',
    });
  });

  it('leaves cells empty where nothing was measured', () => {
    const source = reportOf(['a']);
    const { statistics: _, ...unmeasured } = source.layers[0]!;
    const [, row] = parseCsv(csvReport({ ...source, layers: [unmeasured], outcomes: new Map() }));
    expect(row!.slice(9)).toEqual(['', '', '', '', '', '', '', '', '']);
  });

  it('says with what a tensor changes that shares weights, where those go', () => {
    const source = reportOf(['flat', 'a', 'b', 'tied']);
    const [, a] = source.layers;
    const [flat, tied] = [0, 3].map((id) => {
      const { statistics: _, ...unmeasured } = source.layers[id]!;
      return unmeasured;
    });
    const layers = [{ ...flat!, sharesWith: [1, 2] }, a!, source.layers[2]!, { ...tied!, sameAs: 1, sharesWith: [1] }];
    const pruned = source.outcomes.get(1)!;
    const outcomes = new Map([
      [1, pruned],
      [2, { ...pruned, program: [], pruned: 0, zeros: 1 }],
    ]);
    const shared = { ...source, layers, outcomes };
    const [head, ...rows] = parseCsv(csvReport(shared));
    expect(rows.map((row) => row[head!.indexOf('changes_with')])).toEqual(['a', '', '', 'a']);
    expect(htmlReport(shared).match(/changes with a/g)).toHaveLength(2);
    expect(JSON.parse(jsonReport(shared)).tensors[0]).toMatchObject({ name: 'flat', changesWith: ['a'] });
  });

  it('keeps every name, and none as a formula', () => {
    const rows = parseCsv(csvReport(reportOf(hostileNames))).slice(1);
    expect(rows.map(([name]) => name!.replace(/^'(?=[=+\-@\t\r])/, ''))).toEqual(hostileNames);
    for (const [name] of rows) expect(name).not.toMatch(/^[=+\-@\t\r]/);
  });
});

describe('the JSON report', () => {
  it('has the recipe, totals and tensors', () => {
    const report = JSON.parse(jsonReport(reportOf(['fc1.weight', ...hostileNames])));
    const weights = 6 * (hostileNames.length + 1);
    expect(report).toMatchObject({
      format: 'secateur-report',
      version: 1,
      file: { name: 'model.pth', bytes: 1000 },
      recipe: { format: 'secateur-recipe' },
      pruned: { weights, zerosAfter: weights / 2, sparsityAfter: 0.5 },
    });
    expect(report.tensors.map(({ name }: { name: string }) => name)).toEqual(['fc1.weight', ...hostileNames]);
  });
});

describe('the HTML report', () => {
  const html = htmlReport(reportOf(['fc1.weight', ...hostileNames]));

  it('shows every layer in its chart and table', () => {
    expect(html.match(/<rect class="pruned"/g)).toHaveLength(hostileNames.length + 1);
    expect(html).toContain('fc1.weight: 16.7 % before, 50.0 % after');
    expect(html).toContain('|w| &lt;= 0.25');
    expect(html).toContain('magnitude of single weights, all layers ranked together: 50.0 % go');
  });

  it('needs nothing from outside and runs nothing', () => {
    expect(html.replace(/&lt;.*?&gt;/g, '')).not.toMatch(
      /<script|<link|<iframe|@import|url\(|\ssrc=|\shref=|\son\w+=/i,
    );
    expect(html).toContain("default-src 'none'");
    expect(html).toContain('prefers-color-scheme: dark');
  });

  it('holds names as text only', () => {
    const tags = new Set(Array.from(html.matchAll(/<\/?([^\s>]*)/g), ([, tag]) => tag));
    for (const tag of ['script', 'img']) expect(tags).not.toContain(tag);
    expect(html).toContain('&lt;img src=x onerror=alert(1)&gt;');
    expect(html).not.toMatch(/[\0\u202e]/);
  });

  it('says when nothing is pruned', () => {
    const source = { ...reportOf([]), layers: layersNamed(['a']), outcomes: new Map() };
    expect(htmlReport(source)).toContain('No rule decides for any tensor.');
  });
});

describe('reports of a repaired model', () => {
  const source = reportOf(['fc1.weight', 'fc1.bias', 'fc2.weight', 'fc3.weight']);
  const repair: Repair = {
    id: 'r',
    of: hashOfRecipe(source.recipe),
    file: '0'.repeat(64),
    inputs: 'digits-calibration.npz',
    samples: 256,
    damping: 0.01,
    between: false,
    tensors: [
      { tensor: 0, name: 'fc1.weight', role: 'pruned', pruned: 3, zeros: 3, before: 0.5, after: 0.0625 },
      { tensor: 1, name: 'fc1.bias', role: 'bias', pruned: 0, zeros: 0 },
      { tensor: 2, name: 'fc2.weight', role: 'reader', pruned: 0, zeros: 1, before: 0.25, after: 0.125 },
    ],
    leftOut: [{ tensor: 3, name: 'fc3.weight', reason: 'its output did not get nearer' }],
  };
  const recipe: Recipe = { ...source.recipe, repair: repairEntry(repair) };
  const decided = new Map([...source.outcomes].filter(([id]) => id === 0 || id === 3));
  const repaired = { ...source, recipe, repair, outcomes: repairedOutcomes(decided, repair) };

  it('name each tensor that changed by it, as what, and how far its layer was off before and after', () => {
    const [head, ...rows] = parseCsv(csvReport(repaired));
    const from = head!.indexOf('repaired');
    expect(rows.map((row) => row.slice(from))).toEqual([
      ['pruned', '0.5', '0.0625'],
      ['bias', '', ''],
      ['reader', '0.25', '0.125'],
      ['', '', ''],
    ]);
    const html = htmlReport(repaired);
    expect(html).toContain('off by 50.0 %, and is by 6.3 %');
    expect(html).toContain('3 tensors changed by it: fc1.weight, fc1.bias, fc2.weight.');
    expect(html).toContain('<li>fc3.weight: its output did not get nearer</li>');
    const report = JSON.parse(jsonReport(repaired));
    expect(report.repair).toEqual({
      inputs: 'digits-calibration.npz',
      samples: 256,
      damping: 0.01,
      between: false,
      tensors: 3,
      leftOut: [{ name: 'fc3.weight', reason: 'its output did not get nearer' }],
    });
    expect(report.tensors[2].repaired).toEqual({ role: 'reader', before: 0.25, after: 0.125 });
    expect(report.recipe.repair).toMatchObject({ samples: 256 });
  });

  it('count as pruned what rules decide for, and no reader or bias', () => {
    expect(JSON.parse(jsonReport(repaired)).pruned).toMatchObject({ weights: 12, zerosAfter: 6 });
  });

  it('leave a repair of an earlier recipe out, and say so', () => {
    const stale = { ...source, recipe: { ...recipe, rules: [] } };
    expect(htmlReport(stale)).toContain('changed after it was repaired: that repair is left out');
    expect(JSON.parse(jsonReport(stale)).recipe).not.toHaveProperty('repair');
    expect(htmlReport({ ...source, recipe })).toContain('the figures without its repaired weights');
  });
});
