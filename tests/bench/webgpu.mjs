/**
 * `node tests/bench/webgpu.mjs`: the WGSL kernels on this machine's GPU, as Markdown for docs/benchmarks.md. In Node by
 * Dawn (`npm install --no-save webgpu`, or `--dawn` and its folder), or with `--browser` in headless Chromium.
 *
 *     --only cases|speed|resident  one part
 *     --sizes 8,64,512          MiB of weights in the host's memory
 *     --resident 1024           MiB of weights on the GPU
 *     --runs 5                  of which the median counts
 *     --flag backend=vulkan     for Dawn, or --flag=--use-angle=vulkan for Chromium; may be repeated
 *     --write bench.js          only writes the module, for a machine without node_modules
 *     --module bench.js         runs one that was written
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

const { values: options } = parseArgs({
  options: {
    browser: { type: 'boolean', default: false },
    dawn: { type: 'string', default: 'webgpu' },
    only: { type: 'string' },
    sizes: { type: 'string', default: '8,64,512' },
    resident: { type: 'string', default: '1024' },
    runs: { type: 'string', default: '5' },
    flag: { type: 'string', multiple: true, default: [] },
    write: { type: 'string' },
    module: { type: 'string' },
  },
});

const code = options.module
  ? readFileSync(options.module, 'utf8')
  : await (await import('./webgpu/bundle.mjs')).bundle();
const wants = (part) => options.only === undefined || options.only === part;
const bench = {
  cases: wants('cases'),
  speed: wants('speed'),
  resident: wants('resident'),
  hostMegabytes: options.sizes.split(',').map(Number),
  gpuMegabytes: Number(options.resident),
  runs: Number(options.runs),
};
if (options.write) writeFileSync(options.write, code);
else if (options.browser) await (await import('./webgpu/inBrowser.mjs')).runInBrowser(code, bench, options.flag);
else await (await import('./webgpu/inNode.mjs')).runInNode(code, bench, options.flag, options.dawn);
process.exit();
