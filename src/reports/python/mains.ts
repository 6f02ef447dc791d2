/** `main` of the script: reading and writing the format of the file that the recipe was made for. */
import type { ScriptFiles } from '../../tensors/capabilities';

export interface MainOptions {
  /** Whether all weights have to be there before any is pruned. */
  readonly isTogether: boolean;
  readonly needsReference: boolean;
  readonly needsNorms: boolean;
  /** Whether repaired weights take the place of what pruning left: `between` steps they have to. */
  readonly repair?: 'after' | 'between';
}

export interface Main {
  readonly source: string;
  readonly needs: readonly string[];
  readonly imports: readonly string[];
}

/** What a script has to know of the files that it reads and writes. */
export interface FileKind {
  /** Arguments, as an example. */
  readonly example: string;
  /** To be installed. */
  readonly packages: readonly string[];
  /**
   * What finds a tensor: its name in the file; its key in its dict, which is looked for in all of a graph's graphs; or the
   * path of its dict and its key.
   */
  readonly finds: 'names' | 'keys' | 'paths';
  /** A checkpoint may be several of them, of which each is given some of the weights. */
  readonly areShards?: true;
  /** The script reads one file, and no shards. */
  readonly isOneFile?: true;
  readonly main: (options: MainOptions) => Main;
}

const torchFiles = { example: 'in.pth out.pth', packages: ['torch'], finds: 'paths', isOneFile: true } as const;

export const fileKinds: Readonly<Record<ScriptFiles, FileKind>> = {
  'torch.save': { ...torchFiles, main: pytorchMain },
  TorchScript: { ...torchFiles, main: torchScriptMain },
  safetensors: {
    example: 'in.safetensors out.safetensors',
    packages: ['torch', 'safetensors'],
    finds: 'names',
    areShards: true,
    main: safetensorsMain,
  },
  ONNX: { example: 'in.onnx out.onnx', packages: ['torch', 'numpy', 'onnx'], finds: 'keys', main: onnxMain },
};

const argparse = 'import argparse';
const path = 'from pathlib import Path';

const reference =
  'parser.add_argument("--reference", type=Path, required=True, help="the same weights, earlier in training")';
const norms = `parser.add_argument(
        "--norms",
        type=Path,
        default=Path(__file__).with_suffix(".norms.safetensors"),
        help="norms of the inputs, as saved beside the recipe",
    )`;

const repair = `parser.add_argument(
        "--repair", type=Path, help="the repaired weights, as saved beside the recipe; without them it prunes only"
    )`;
const neededRepair =
  'parser.add_argument("--repair", type=Path, help="the repaired weights, as saved beside the recipe")';
const refusal = `if args.repair is None:
        parser.error("the recipe repairs between its steps: --repair has to name the file of its repaired weights")`;

function parser(what: string, options: MainOptions, further: readonly string[] = []): string {
  const { needsReference, needsNorms, repair: repaired } = options;
  const lines = [
    `parser = argparse.ArgumentParser(description="Prunes ${what}.")`,
    'parser.add_argument("input", type=Path)',
    'parser.add_argument("output", type=Path)',
    ...(needsReference ? [reference] : []),
    ...(needsNorms ? [norms] : []),
    ...(repaired === 'after' ? [repair] : repaired ? [neededRepair] : []),
    ...further,
    'args = parser.parse_args()',
    ...(repaired === 'between' ? [refusal] : []),
  ];
  return lines.map((line) => `    ${line}\n`).join('');
}

/** What `prune_weights` is given after the weights. @param earlier the expression for weights of the reference */
function beside({ needsReference, needsNorms }: MainOptions, earlier: string): string {
  return `${needsReference ? `, ${earlier}` : ''}${needsNorms ? ', read_norms(args.norms)' : ''}`;
}

function sideFileNeeds({ needsNorms, repair: repaired }: MainOptions): readonly string[] {
  return [...(needsNorms ? ['read_norms'] : []), ...(repaired ? ['repair'] : [])];
}

/** Prunes what an expression gives, and repairs it. @param given to `prune_weights` beside */
function prunes(weights: string, given: string, { repair: repaired }: MainOptions): string {
  if (!repaired) return `    prune_weights(${weights}${given})\n`;
  const named = weights === 'weights' ? '' : `    weights = ${weights}\n`;
  return `    repaired = read_repair(args.repair)\n${named}    prune_weights(weights${given})\n    apply_repair(weights, repaired)\n`;
}

function pytorchMain(options: MainOptions): Main {
  const trust =
    'parser.add_argument("--trust-code", action="store_true", help="unpickle whole modules, which runs code that the file names")';
  const given = beside(options, 'weights_of(dict(tensors_in(load(args.reference, args.trust_code))))');
  return {
    source: `def main():
${parser('a PyTorch checkpoint', options, [trust])}    checkpoint = load(args.input, args.trust_code)
${prunes('weights_of(dict(tensors_in(checkpoint)))', given, options)}    torch.save(checkpoint, args.output)
`,
    needs: ['pytorch_files', ...sideFileNeeds(options)],
    imports: [argparse, path],
  };
}

function torchScriptMain(options: MainOptions): Main {
  const given = beside(options, 'weights_of(dict(tensors_in(torch.jit.load(args.reference))))');
  return {
    source: `def main():
${parser('a TorchScript archive', options)}    module = torch.jit.load(args.input, map_location="cpu")
${prunes('weights_of(dict(tensors_in(module)))', given, options)}    torch.jit.save(module, args.output)
`,
    needs: ['torchscript_files', ...sideFileNeeds(options)],
    imports: [argparse, path],
  };
}

function onnxMain(options: MainOptions): Main {
  const readReference = `    protos = weights_of(dict(protos_in(onnx.load(args.reference).graph)))
    reference = {name: tensor_of(proto) for name, proto in protos.items()}
`;
  return {
    source: `def main():
${parser('an ONNX model', options)}${options.needsReference ? readReference : ''}    model = onnx.load(args.input)
    protos = weights_of(dict(protos_in(model.graph)))
    weights = {name: tensor_of(proto) for name, proto in protos.items()}
${prunes('weights', beside(options, 'reference'), options)}    for name, proto in protos.items():
        write_back(proto, weights[name])
    save(model, args.input, args.output)
`,
    needs: ['onnx_files', ...sideFileNeeds(options)],
    imports: [argparse, path],
  };
}

const what = 'a safetensors checkpoint: one file, or the shards of a model.safetensors.index.json';
const ray = 'parser.add_argument("--ray", action="store_true", help="work on the shards over a Ray cluster")';

function safetensorsMain(options: MainOptions): Main {
  const { isTogether } = options;
  return {
    source: isTogether ? shardsTogether(options) : shardsApart(options),
    needs: ['safetensors_files', ...sideFileNeeds(options)],
    imports: [argparse, path],
  };
}

function shardsApart(options: MainOptions): string {
  const { needsNorms, repair: repaired } = options;
  const further = [...(needsNorms ? ['norms'] : []), ...(repaired ? ['repaired'] : [])];
  const job = `${['source', 'target', ...further].join(', ')} = job`;
  const given = needsNorms ? ', norms' : '';
  const readFurther = [
    ...(needsNorms ? ['    norms = read_norms(args.norms)\n'] : []),
    ...(repaired ? ['    repaired = read_repair(args.repair)\n'] : []),
  ].join('');
  const jobs =
    further.length === 0
      ? '    jobs = pairs_of(args.input, args.output)\n'
      : `${readFurther}    jobs = [(*pair, ${further.join(', ')}) for pair in pairs_of(args.input, args.output)]\n`;
  return `def prune_file(job):
    ${job}
    tensors, metadata = read(source)
    weights = {name: tensors[name] for name in NAMES if name in tensors}
    prune_weights(weights${given})
${repaired ? '    apply_repair(weights, repaired)\n' : ''}    safetensors.torch.save_file(tensors, target, metadata=metadata)
    return list(weights)


def main():
${parser(what, options, [ray])}${jobs}    found = each(prune_file, jobs, args.ray)
    assert_found([name for names in found for name in names])
`;
}

function shardsTogether(options: MainOptions): string {
  const readReference = `    parts = each(read_weights, files_of(args.reference), args.ray)
    reference = {name: weight for part in parts for name, weight in part.items()}
    assert_found(reference)
`;
  return `def write_file(job):
    source, target, weights = job
    tensors, metadata = read(source)
    safetensors.torch.save_file({**tensors, **weights}, target, metadata=metadata)


def main():
${parser(what, options, [ray])}${options.needsReference ? readReference : ''}    pairs = pairs_of(args.input, args.output)
    # Weights of all files are ranked together, so these are in memory at once.
    parts = each(read_weights, [source for source, _ in pairs], args.ray)
    weights = {name: weight for part in parts for name, weight in part.items()}
    assert_found(weights)
${prunes('weights', beside(options, 'reference'), options)}    jobs = [(*pair, {name: weights[name] for name in part}) for pair, part in zip(pairs, parts)]
    each(write_file, jobs, args.ray)
`;
}
