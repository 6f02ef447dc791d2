/**
 * `node tests/bench/verdicts.mjs folder [first] [end]`: does what auto-tune says hold on images that nobody searched? Reads the
 * folder that `resnet20.py ../shared/models/resnet20-cifar10.th ../shared/data/cifar10-jpeg.npz folder 600` has filled, and
 * keeps there what is done, so that it goes on where it was stopped. Prints the table of docs/evaluation.md.
 */
import { createServer } from 'vite';
import { root } from '../../scripts/run.mjs';

const [folder, first = '0', end = '20'] = process.argv.slice(2);
if (!folder) throw new Error('Which folder has resnet20.onnx and images.npz?');
const server = await createServer({
  root,
  configFile: false,
  logLevel: 'error',
  server: { middlewareMode: true, watch: null, hmr: false },
  optimizeDeps: { noDiscovery: true, include: [] },
});
const { verdictTable } = await server.ssrLoadModule('/tests/bench/verdicts.ts');
console.log(await verdictTable(folder, Number(first), Number(end)));
await server.close();
process.exit(0);
