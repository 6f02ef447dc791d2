/** Where things lie on the screen. */
import { expect, type Locator, type Page } from '@playwright/test';

export interface Box {
  readonly name: string;
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** Of each of the elements that is shown, in CSS pixels of the window. */
export function boxesOf(elements: Locator): Promise<Box[]> {
  return elements.evaluateAll((all) =>
    all
      .filter((element) => element.checkVisibility())
      .map((element) => {
        const { left, top, right, bottom } = element.getBoundingClientRect();
        return { name: element.getAttribute('aria-label') ?? element.textContent ?? '', left, top, right, bottom };
      }),
  );
}

/** Half a pixel is how edges are rounded. */
const slack = 0.5;

export async function expectNoSidewaysScroll(page: Page): Promise<void> {
  expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(0);
}

export function expectWithin(boxes: readonly Box[], { width, height }: { width: number; height: number }): void {
  for (const { name, ...box } of boxes) {
    expect(box.left, `left of ${name}`).toBeGreaterThanOrEqual(-slack);
    expect(box.top, `top of ${name}`).toBeGreaterThanOrEqual(-slack);
    expect(box.right, `right of ${name}`).toBeLessThanOrEqual(width + slack);
    expect(box.bottom, `bottom of ${name}`).toBeLessThanOrEqual(height + slack);
  }
}

export function expectApart(boxes: readonly Box[]): void {
  for (const [i, a] of boxes.entries()) {
    for (const b of boxes.slice(i + 1)) {
      const isApart =
        a.right <= b.left + slack ||
        b.right <= a.left + slack ||
        a.bottom <= b.top + slack ||
        b.bottom <= a.top + slack;
      expect(isApart, `${a.name} and ${b.name} lie apart`).toBe(true);
    }
  }
}
