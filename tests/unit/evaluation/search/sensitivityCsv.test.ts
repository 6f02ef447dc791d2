import { expect, it } from 'vitest';
import type { SensitivityCurve } from '../../../../src/evaluation/search/sensitivity';
import { sensitivityCsv } from '../../../../src/evaluation/search/sensitivityCsv';
import { hostileNames } from '../../../support/hostileNames';
import { parseCsv } from '../../../support/parseCsv';

it('keeps every name of a layer, and none as a formula', () => {
  const curves = hostileNames.map((name, tensor) => ({
    tensor,
    name,
    weights: 6,
    cells: [{ sparsity: 0.5, evaluation: {} }],
  }));
  const rows = parseCsv(sensitivityCsv(curves as unknown as SensitivityCurve[], [], {})).slice(1);
  expect(rows.map(([name]) => name!.replace(/^'(?=[=+\-@\t\r])/, ''))).toEqual(hostileNames);
  for (const [name] of rows) expect(name).not.toMatch(/^[=+\-@\t\r]/);
});
