import { describe, expect, it } from 'vitest';
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
    expect(row!.slice(9)).toEqual(['', '', '', '', '', '']);
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
