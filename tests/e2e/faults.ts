import AxeBuilder from '@axe-core/playwright';
import { expect, type Page } from '@playwright/test';

interface Extent {
  /** Absent: all that axe has. */
  readonly rules?: string[] | undefined;
  /** CSS selector; absent: the whole page. */
  readonly within?: string;
}

export async function expectNoSeriousFault(page: Page, where: string, { rules, within }: Extent = {}): Promise<void> {
  // The page has no frames: none of axe's own page is needed to gather what it finds in them.
  const axe = new AxeBuilder({ page }).setLegacyMode(true).options({
    resultTypes: ['violations'],
    ...(rules && { runOnly: { type: 'rule' as const, values: rules } }),
  });
  if (within !== undefined) axe.include(within);
  const { violations } = await axe.analyze();
  const faults = violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`);
  expect(faults, where).toEqual([]);
}
