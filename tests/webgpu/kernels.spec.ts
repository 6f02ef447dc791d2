/** Every case in the page, on SwiftShader where there is no GPU. Skipped where Chromium has no adapter at all. */
import { expect, type Page, test } from '@playwright/test';
import { cases } from './cases';
import type { TestPage } from './page';

declare const testPage: TestPage;

let page: Page;

test.beforeAll(async ({ browser }) => {
  page = await browser.newPage();
  await page.goto('/tests/webgpu/');
  await page.waitForFunction(() => 'testPage' in globalThis);
  const adapter = await page.evaluate(() => testPage.adapter());
  test.skip(!adapter, 'Chromium has no WebGPU adapter here.');
  console.log(
    `WebGPU adapter: ${adapter?.vendor} ${adapter?.architecture}${adapter?.isFallback ? ', in software' : ''}`,
  );
});

test.afterAll(() => page.close());

for (const { name } of cases) {
  test(name, async () => {
    const failure = await page.evaluate(
      (name) =>
        testPage.run(name).then(
          () => undefined,
          (error: unknown) => (error instanceof Error ? `${error.message}\n${error.stack}` : String(error)),
        ),
      name,
    );
    expect(failure).toBeUndefined();
  });
}
