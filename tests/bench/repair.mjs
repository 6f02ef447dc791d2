// What repairs win back: the table of docs/repair.md, one line a pruned model.
//
//     node tests/bench/repair.mjs [words that a line's name has]
//
// ResNet-20 needs the folder that repair.py writes, as SECATEUR_REPAIR (and its checkpoint there, or beside ../shared). Accuracy
// is on held-out images that no repair has seen. Seconds are those of the repair, on one thread.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createServer } from 'vite';

const server = await createServer({
  configFile: false,
  server: { middlewareMode: true, ws: false, watch: null },
  appType: 'custom',
  optimizeDeps: { noDiscovery: true },
  logLevel: 'error',
});
const load = (path) => server.ssrLoadModule(path);
const { openStudio, fileOf, context } = await load('/tests/unit/evaluation/support.ts');
const { repairedOutcomes } = await load('/src/pruning/repair.ts');
const { pruneInRounds } = await load('/src/evaluation/search/rounds.ts');
const { settle } = await load('/src/engine/recipe/settle.ts');
const { AnswerCache } = await load('/src/engine/recipe/answerCache.ts');
const { candidatesOf } = await load('/src/engine/recipe/candidates.ts');

const samples = 'public/samples';
const folder = process.env.SECATEUR_REPAIR ?? '';
const checkpoint = join(process.env.SECATEUR_MODELS ?? '../shared/models', 'resnet20-cifar10.th');

const digits = {
  name: 'digits sample',
  model: join(samples, 'digits-cnn.onnx'),
  calibration: join(samples, 'digits-calibration.npz'),
  test: join(samples, 'digits-test.npz'),
};
const resnet = { calibration: join(folder, 'calibration.npz'), test: join(folder, 'test.npz') };
const unfolded = { ...resnet, name: 'ResNet-20', model: join(folder, 'unfolded.onnx') };
const paired = { ...unfolded, name: 'ResNet-20, .th paired with its graph', checkpoint };
const pairedFolded = {
  ...paired,
  name: 'ResNet-20, .th paired with a folded graph',
  model: join(folder, 'folded.onnx'),
};
const folded = { ...resnet, name: 'ResNet-20, folded', model: join(folder, 'folded.onnx') };

const recipeOf = (...rules) => ({ format: 'secateur-recipe', version: 1, rules });
const globally = (sparsity, more = {}) =>
  recipeOf({ criterion: 'magnitude', granularity: 'weight', scope: 'global', amount: { sparsity }, ...more });
const filters = (sparsity) =>
  recipeOf({
    tensors: ['*layer*conv1.weight'],
    criterion: 'magnitude',
    granularity: { dim: 0, norm: 1 },
    scope: 'layer',
    amount: { sparsity },
  });
const percent = (share) => `${Math.round(share * 100)} %`;
const lines = [
  ...[0.8, 0.9, 0.95, 0.97, 0.98].map((s) => ({ of: digits, what: percent(s), recipe: globally(s) })),
  ...[0.5, 0.7, 0.8, 0.9].map((s) => ({ of: unfolded, what: percent(s), recipe: globally(s) })),
  { of: unfolded, what: 'in rounds to 90 %', recipe: globally(0.9), rounds: 0.9 },
  { of: unfolded, what: 'half of the filters', recipe: filters(0.5) },
  { of: unfolded, what: 'a quarter of the filters', recipe: filters(0.25) },
  {
    of: unfolded,
    what: '2:4',
    recipe: recipeOf({ criterion: 'magnitude', granularity: { kind: 'pattern', n: 2, m: 4 }, scope: 'layer' }),
  },
  {
    of: unfolded,
    what: '2:4 by OBS',
    recipe: recipeOf({ criterion: 'obs', granularity: { kind: 'pattern', n: 2, m: 4 }, scope: 'layer' }),
  },
  ...[0.5, 0.8].map((s) => ({ of: unfolded, what: `${percent(s)} by OBS`, recipe: globally(s, { criterion: 'obs' }) })),
  { of: paired, what: '80 %', recipe: globally(0.8) },
  { of: pairedFolded, what: '80 %', recipe: globally(0.8) },
  { of: folded, what: '80 %', recipe: globally(0.8) },
  { of: folded, what: 'relative to the output, 80 %', recipe: globally(0.8, { criterion: 'relativeMagnitude' }) },
];

const wanted = process.argv.slice(2);
let made = 0;
const damping = Number(process.env.DAMPING ?? 0.01);
console.log(
  '| network | pruned | dense | pruned | repaired | KL pruned | KL repaired | seconds | left out |\n|---|---|---|---|---|---|---|---|---|',
);
for (const { of, what, recipe, rounds } of lines) {
  if (!wanted.every((word) => `${of.name} ${what}`.includes(word)) || !existsSync(of.model)) continue;
  const studio = await openStudio(fileOf(of.checkpoint ?? of.model), 'session');
  const { evaluation, opened, tensors, engine } = studio;
  await evaluation.openGraph({ files: [fileOf(of.model)], isCheckpoint: !of.checkpoint, tensors }, context);
  const arrays = (path) => ({ kind: 'arrays', files: [fileOf(path)] });
  const { baseline } = await evaluation.setInputs({ source: arrays(of.test) }, context);
  await evaluation.setCalibration({ source: { kind: 'own', source: arrays(of.calibration) } }, context);
  const inputMoments = new Map();
  if (what.includes('OBS')) {
    const { collected } = await evaluation.inputMoments({}, context);
    for (const { tensor, norms } of collected) inputMoments.set(tensor, norms);
    await engine.setInputMoments({ factors: inputMoments }, context);
  }
  const resolve = async (each, start) => {
    const lookUp = (requests) => engine.lookUp({ requests }, context);
    return settle(each, candidatesOf(opened.layers, { inputMoments }), new AnswerCache(), lookUp, undefined, start);
  };
  const evaluate = (outcomes) => evaluation.evaluate({ outcomes }, context);
  const { outcomes } = await resolve(recipe);
  const pruned = await evaluate(outcomes);
  const repair = (of, between) =>
    evaluation.repair({ outcomes: of, settings: { damping }, id: `${++made}`, of: '', between }, context);
  let repaired = pruned;
  let report;
  let seconds = 0;
  // What only the first one has to wait for: modules, and machine code of them.
  if (of === digits) await repair(outcomes, false);
  const started = performance.now();
  const cpu = process.cpuUsage();
  if (rounds) {
    const bench = { resolve, evaluate, repair: (each) => repair(each, true) };
    const layers = candidatesOf(opened.layers).filter(({ byDefault }) => byDefault);
    for await (const round of pruneInRounds(recipe, layers, rounds, bench, context.signal)) {
      if (round.repair) ({ repaired, repair: report } = round);
      console.error(
        `${percent(round.sparsity)}: ${round.pruned.accuracy.toFixed(4)}, repaired ${repaired.accuracy.toFixed(4)}`,
      );
    }
  } else {
    report = await repair(outcomes, false);
    seconds = (performance.now() - started) / 1000;
    if (!report.refused) repaired = await evaluate(repairedOutcomes(outcomes, report));
  }
  if (rounds) seconds = (performance.now() - started) / 1000;
  const used = process.cpuUsage(cpu);
  const kl = ({ outputs: [first] }) => first.klDivergence.toPrecision(2);
  const p = (share) => (share * 100).toFixed(2);
  console.log(
    `| ${of.name} | ${what} | ${p(baseline.accuracy)} | ${p(pruned.accuracy)} | ${report?.refused ?? p(repaired.accuracy)} | ${kl(pruned)} | ${kl(repaired)} | ${seconds.toFixed(1)} (${((used.user + used.system) / 1e6).toFixed(1)} of the processor) | ${report?.leftOut?.map(({ name, reason }) => `${name}: ${reason}`).join('; ') || '–'} |`,
  );
  studio.close();
}
await server.close();
process.exit(0);
