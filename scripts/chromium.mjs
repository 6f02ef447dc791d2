/** Finds a Chromium to test in, and installs one where there is none. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { chromium } from '@playwright/test';
import { npm, run } from './run.mjs';

const isRoot = process.getuid?.() === 0;

/** What Playwright switches off (its `chromiumSwitches.ts`): of two such switches a browser heeds only the last. */
const playwrightsDisabledFeatures = [
  'AvoidUnnecessaryBeforeUnloadCheckSync',
  'DestroyProfileOnBrowserClose',
  'HttpsUpgrades',
  'HttpsFirstBalancedModeAutoEnable',
  'LensOverlay',
  'MediaRouter',
  'PaintHolding',
  'ThirdPartyStoragePartitioning',
  'AvoidCorsURLLoaderRestartOnRedirect',
  'TcpPortRandomizationWin',
  'OptimizationHints',
  'NetworkTimeServiceQuerying',
  'AimEnabled',
  'PreconnectToSearch',
];

/**
 * What every window does for whoever might browse on: the list below the address bar is two pages, more work than the start page
 * of the studio, and the spare renderer is a process that no test uses.
 */
const browsersOwnWork = ['WebUIOmniboxPopup', 'WebUIOmniboxAimPopup', 'SpareRendererForSitePerProcess'];

/** Nothing that phones home while tests run; the sandbox needs a user other than root. */
export const launchArgs = [
  ...(isRoot ? ['--no-sandbox'] : []),
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  `--disable-features=${[...playwrightsDisabledFeatures, ...browsersOwnWork].join(',')}`,
];

/** Where there is no GPU this gives an adapter in software, SwiftShader; the studio uses it only where the address says so. */
export const webgpuArgs = [...launchArgs, '--enable-unsafe-webgpu'];

const usualPlaces = {
  linux: [
    '/usr/bin/chromium',
    '/usr/bin/chromium-browser',
    '/usr/bin/google-chrome',
    '/usr/bin/google-chrome-stable',
    '/opt/google/chrome/chrome',
  ],
  darwin: ['', homedir()].flatMap((base) => [
    `${base}/Applications/Chromium.app/Contents/MacOS/Chromium`,
    `${base}/Applications/Google Chrome.app/Contents/MacOS/Google Chrome`,
  ]),
  win32: [process.env.PROGRAMFILES, process.env['PROGRAMFILES(X86)'], process.env.LOCALAPPDATA]
    .filter((base) => base !== undefined)
    .map((base) => join(base, 'Google', 'Chrome', 'Application', 'chrome.exe')),
};

/**
 * The path of a Chromium or Chrome: `CHROMIUM_PATH`, one that the system has, Playwright's own, or one installed now.
 * @returns {string}
 * @throws {Error} that says what to do, where there is none and none can be installed
 */
export function findChromium() {
  const chosen = process.env.CHROMIUM_PATH;
  if (chosen) {
    if (starts(chosen)) return chosen;
    throw new Error(`CHROMIUM_PATH is ${chosen}, which is no browser that starts.`);
  }
  return findInstalled() ?? install();
}

function findInstalled() {
  return [...(usualPlaces[process.platform] ?? []), chromium.executablePath()].find(starts);
}

/** On Linux a file is not enough: Ubuntu's /usr/bin/chromium-browser may be a stub, and libraries may be missing. */
function starts(path) {
  if (!existsSync(path)) return false;
  return process.platform !== 'linux' || spawnSync(path, ['--version'], { timeout: 30_000 }).status === 0;
}

function install() {
  console.log('No Chromium found. Installing one …');
  for (const attempt of [installWithPlaywright, installWithApt]) {
    const path = attempt() ? findInstalled() : undefined;
    if (path) return path;
  }
  throw new Error(
    'There is no Chromium to test in and none could be installed. Install Chromium or Chrome, or set CHROMIUM_PATH to one.',
  );
}

function installWithPlaywright() {
  return npm(['exec', '--no', '--', 'playwright', 'install', '--no-shell', 'chromium']);
}

function installWithApt() {
  if (!isRoot || !existsSync('/usr/bin/apt-get')) return false;
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  return (
    run('apt-get', ['update', '--quiet'], { env }) &&
    run('apt-get', ['install', '--yes', '--quiet', '--no-install-recommends', 'chromium'], { env })
  );
}
