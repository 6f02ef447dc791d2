/**
 * Installs the dependencies where they are missing or older than package-lock.json. Runs before `npm start` and
 * `npm test` on a fresh clone, so it imports nothing from node_modules.
 */
import { lstatSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { npm, root } from './run.mjs';

// npm writes this file last: an interrupted installation has none.
const installed = modifiedAt('node_modules/.package-lock.json');
if (installed === undefined || installed < modifiedAt('package-lock.json')) {
  // `npm ci` empties the folder first, and through a link that would be another checkout's.
  if (lstatSync(join(root, 'node_modules'), { throwIfNoEntry: false })?.isSymbolicLink()) {
    fail(
      'node_modules is a link to a folder that does not match package-lock.json. Remove the link, or install there.',
    );
  }
  console.log('Installing dependencies …');
  if (!npm(['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'])) {
    fail('The dependencies could not be installed: see what npm says above.');
  }
}

/** @returns {number | undefined} milliseconds, undefined where there is no such file */
function modifiedAt(path) {
  return statSync(join(root, path), { throwIfNoEntry: false })?.mtimeMs;
}

function fail(reason) {
  console.error(reason);
  process.exit(1);
}
