/**
 * `npm test`: everything that can be checked on this machine alone, cheapest first. A step that fails hides no other: only what
 * cannot run without it is left out, and said to be. At the end the tests that failed are named, as what they printed may be far
 * above; the last line counts the tests of Vitest and Playwright together.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { findChromium } from './chromium.mjs';
import { npm, root } from './run.mjs';

const reports = mkdtempSync(join(tmpdir(), 'secateur-test-'));
const vitestReport = join(reports, 'vitest.json');
const playwrightReport = join(reports, 'playwright.json');
const webgpuReport = join(reports, 'webgpu.json');

/** What a step is called, what it needs of those before it, and what it does: it answers whether it passed. */
const browser = 'A browser to test in';
const kernels = 'WASM kernels';
const build = 'Production build';
const steps = [
  [browser, [], () => hasBrowser()],
  [kernels, [], () => npmRun('build:wasm')],
  ['Types', [], () => npmRun('test:types')],
  ['Lint, format and import directions', [], () => npmRun('test:lint')],
  [
    'Unit and property tests',
    [kernels],
    () => npmRun('test:unit', ['--reporter=default', '--reporter=json', `--outputFile.json=${vitestReport}`]),
  ],
  [build, [kernels], () => npmRun('build')],
  [
    'End to end, on the production build',
    [browser, build],
    () => npmRun('test:e2e', ['--reporter=list,json'], { PLAYWRIGHT_JSON_OUTPUT_FILE: playwrightReport }),
  ],
  [
    'WebGPU kernels, in software where there is no GPU',
    [browser, kernels],
    () => npmRun('test:webgpu', ['--reporter=list,json'], { PLAYWRIGHT_JSON_OUTPUT_FILE: webgpuReport }),
  ],
];

/** Steps that failed, and those that could not run for them. */
const failures = new Map();
for (const [title, needs, step] of steps) {
  console.log(`\n=== ${title} ===`);
  const missing = needs.filter((need) => failures.has(need));
  if (missing.length > 0) failures.set(title, `not run: it needs "${missing.join('" and "')}"`);
  else if (!step()) failures.set(title, 'failed');
  if (failures.has(title)) console.log(failures.get(title));
}
const counts = countTests();
const failedTests = [...failedInVitest(), ...failedInPlaywright(playwrightReport), ...failedInPlaywright(webgpuReport)];
rmSync(reports, { recursive: true });

console.log(failures.size > 0 ? '' : '\nEverything passed.');
for (const { title, error, flaky } of failedTests) {
  console.log(`${flaky ? 'Passed only when run again:' : '✘'} ${title}\n${firstLines(error)}`);
}
for (const [title, how] of failures) console.log(`"${title}": ${how}.`);
// A step that fails without a failing test (a type error, a crash) still counts as one.
const failed = Math.max(failures.size, counts.failed);
console.log(`${counts.passed} passed, ${failed} failed${counts.skipped > 0 ? `, ${counts.skipped} skipped` : ''}`);
process.exitCode = failed > 0 ? 1 : 0;

function npmRun(script, args = [], env = {}) {
  return npm(['run', '--silent', script, '--', ...args], { env: { ...process.env, ...env } });
}

function hasBrowser() {
  try {
    const path = findChromium();
    console.log(path);
    // Found once for all: the end-to-end tests ask for it again.
    process.env.CHROMIUM_PATH = path;
    return true;
  } catch (error) {
    console.error(error.message);
    return false;
  }
}

/** Of the reports that were written; a suite that did not run counts nothing. */
function countTests() {
  const vitest = readReport(vitestReport);
  const playwright = [playwrightReport, webgpuReport].map((path) => readReport(path)?.stats);
  const sum = (key) => playwright.reduce((total, stats) => total + (stats?.[key] ?? 0), 0);
  return {
    passed: (vitest?.numPassedTests ?? 0) + sum('expected') + sum('flaky'),
    failed: (vitest?.numFailedTests ?? 0) + sum('unexpected'),
    skipped: (vitest?.numPendingTests ?? 0) + (vitest?.numTodoTests ?? 0) + sum('skipped'),
  };
}

function failedInVitest() {
  const tests = (readReport(vitestReport)?.testResults ?? []).flatMap(({ name, assertionResults }) =>
    assertionResults.map((test) => ({ file: relative(root, name), ...test })),
  );
  return tests
    .filter(({ status }) => status === 'failed')
    .map(({ file, fullName, failureMessages }) => ({
      title: `${file}: ${fullName}`,
      error: failureMessages.join('\n'),
    }));
}

function failedInPlaywright(path) {
  return specsOf(readReport(path))
    .filter(({ tests }) => tests.some(({ status }) => status === 'unexpected' || status === 'flaky'))
    .map(({ ok, file, title, tests }) => ({
      flaky: ok,
      title: `${file}: ${title}`,
      error: tests.flatMap(({ results }) => results.map(({ error }) => error?.message ?? '')).join('\n'),
    }));
}

/** Of a suite, and of all those within. */
function specsOf(suite) {
  return suite ? [...(suite.specs ?? []), ...(suite.suites ?? []).flatMap(specsOf)] : [];
}

function firstLines(text) {
  return text
    .split('\n')
    .slice(0, 12)
    .map((line) => `    ${line.slice(0, 200)}`)
    .join('\n');
}

function readReport(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}
