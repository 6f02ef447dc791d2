/** The promise that no weight leaves the machine is kept by the browser: a policy holds page and workers to their own origin. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test as base } from '@playwright/test';
import { policy } from '../../scripts/policy.mjs';
import { evaluateSample, quality } from './quality';
import { expect, Studio, test } from './studio';

// ONNX Runtime is 14 MB of WebAssembly, compiled afresh by every page.
test.setTimeout(120_000);

test('opens, evaluates and exports without a violation, and asks no other origin for anything', async ({
  studio,
  page,
}) => {
  const asked = new Set<string>();
  page.on('request', (request) => asked.add(request.url().replace(/^blob:/, '')));
  // From the first script of the page on.
  await page.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) => {
      console.error(`violates ${violatedDirective}: ${blockedURI}`);
    });
  });
  await studio.visit();
  expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);

  await evaluateSample(studio);
  expect(await quality(page)).toBeGreaterThan(99);
  await studio.setScope('Whole model');
  await studio.enter(studio.targetSparsity, '50');
  await page.getByRole('tab', { name: 'Sensitivity' }).click();
  await page.getByRole('tab', { name: 'Heat map' }).first().click();
  await studio.download();
  await expect(studio.dialog).toContainText('everything else identical');

  // What a worker violates is said on the console, which the studio's fixture holds to be silent.
  const origin = new URL(page.url()).origin;
  expect([...asked].filter((url) => new URL(url).origin !== origin)).toEqual([]);
  expect([...asked].some((url) => url.endsWith('.wasm'))).toBe(true);
});

test('the licences of all that is shipped are with it', async ({ request }) => {
  const notices = await (await request.get('/licences.md')).text();
  for (const name of ['react', 'recharts', 'onnxruntime-web']) expect(notices).toContain(`## ${name} - `);
});

test('every answer carries the policy, what is not there too', async ({ studio, page, request }) => {
  const answers = new Map<string, string | undefined>();
  page.on('response', async (response) => {
    answers.set(response.url(), response.headers()['content-security-policy']);
  });
  await studio.visit();
  await studio.openSample();
  const scripts = page.workers().map((worker) => worker.url());
  expect(scripts.length).toBeGreaterThan(0);
  for (const path of [...scripts, '/', '/favicon.svg', '/samples/samples.json', '/not/there.js']) {
    const response = await request.get(path);
    expect(response.headers()['content-security-policy'], path).toBe(policy);
    expect(response.status(), path).toBe(path.startsWith('/not') ? 404 : 200);
  }
  for (const [url, said] of answers) expect(said, url).toBe(policy);
  const own = await page.locator('meta[http-equiv=Content-Security-Policy]').getAttribute('content');
  expect(`${own}; frame-ancestors 'none'`).toBe(policy);
});

/** Runs on the page and in a worker; answers with the directive that refused. */
async function sendWeights(address: string): Promise<string> {
  const violated = new Promise<string>((resolve) => {
    const refused = (event: Event) => resolve((event as SecurityPolicyViolationEvent).effectiveDirective);
    addEventListener('securitypolicyviolation', refused);
  });
  try {
    await fetch(address, { method: 'POST', body: new Float32Array(4) });
    return 'it was sent';
  } catch {
    return violated;
  }
}

base.describe('a foreign origin that would answer', () => {
  let server: Server;
  let address = '';
  let asked = 0;

  base.beforeAll(async () => {
    server = createServer((_, response) => {
      asked++;
      response.writeHead(200, { 'Access-Control-Allow-Origin': '*', 'Cross-Origin-Resource-Policy': 'cross-origin' });
      response.end('weights, please');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  });

  base.afterAll(() => server.close());

  base('is out of reach, for the page and for its workers', async ({ page }) => {
    expect(await (await fetch(address)).text()).toBe('weights, please');
    const errors: string[] = [];
    page.on('console', (message) => errors.push(message.text()));
    const studio = new Studio(page);
    await studio.visit();
    await studio.openSample();

    const workers = page.workers();
    expect(workers.length).toBeGreaterThan(0);
    const answers = [
      await page.evaluate(sendWeights, address),
      ...(await Promise.all(workers.map((worker) => worker.evaluate(sendWeights, address)))),
    ];
    expect(answers).toEqual(answers.map(() => 'connect-src'));
    expect(asked).toBe(1);
    expect(errors.join('\n')).toContain('Content Security Policy');
  });

  base('is no place for scripts, workers, images and forms', async ({ page }) => {
    const studio = new Studio(page);
    await studio.visit();
    const before = asked;
    const violated = await page.evaluate(async (address) => {
      const violated = new Set<string>();
      // Each is said twice: by the policy of the response and by the page's own.
      document.addEventListener('securitypolicyviolation', (event) => violated.add(event.effectiveDirective));
      const script = Object.assign(document.createElement('script'), { src: address });
      const inline = Object.assign(document.createElement('script'), { textContent: 'window.ran = true' });
      const image = Object.assign(document.createElement('img'), { src: address });
      const form = Object.assign(document.createElement('form'), { action: address });
      document.body.append(script, inline, image, form);
      form.submit();
      try {
        new Worker(URL.createObjectURL(new Blob(['fetch("/")'], { type: 'text/javascript' })));
      } catch {}
      while (violated.size < 4) await new Promise((resolve) => setTimeout(resolve, 10));
      if ('ran' in window) violated.add('an inline script ran');
      return [...violated].sort();
    }, address);
    expect(violated).toEqual(['form-action', 'img-src', 'script-src-elem', 'worker-src']);
    expect(asked).toBe(before);
  });
});
