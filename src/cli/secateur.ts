#!/usr/bin/env node
/** The program: what `npx secateur` and `npm run secateur` start. */
import { readFileSync } from 'node:fs';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { createWasmKernels } from '../kernels/wasm/wasmKernels';
import { run } from './run';
import { terminalOn } from './terminal';

/** Of the page's responses; the build writes them in. */
declare const pageHeaders: Readonly<Record<string, string>>;

const stopping = new AbortController();
// A second time ends it at once.
process.once('SIGINT', () => stopping.abort());
// Whoever reads the results may have enough: `secateur inspect … | head`.
process.stdout.on('error', () => process.exit());

process.exitCode = await run(process.argv.slice(2), {
  terminal: terminalOn(process.stdout, process.stderr),
  // They lie beside the program.
  kernels: () => createWasmKernels(new WebAssembly.Module(readFileSync(new URL('kernels.wasm', import.meta.url)))),
  signal: stopping.signal,
  input: process.stdin,
  page: {
    // Of a package, and of a clone.
    folders: ['page', '../dist'].map((folder) => fileURLToPath(new URL(folder, import.meta.url))),
    headers: pageHeaders,
  },
});
