/** How the graph that belongs to a checkpoint is made: a script that fits it, for the environment that trained the model. */
import { firstWeight, type WeightAbout } from './firstWeight';
import { type LoadSource, loadLines } from './loadLines';
import { pythonString } from './python/literals';

export interface GraphSource extends LoadSource {
  readonly layers: readonly (WeightAbout & { readonly name?: string })[];
}

/** What torch.nn.DataParallel puts before every name. */
const parallel = 'module.';
const loadState = /^model\.load_state_dict\((.*)\)$/;

/**
 * Batch norm stays apart from the weights, which are then those of the checkpoint; the number of samples is left open, and the
 * model is one file. Empty where Python has nothing that loads such files.
 */
export function graphScript({ layers, ...source }: GraphSource): string {
  const load = loadLines(source);
  if (load.length === 0) return '';
  const isWhole = load.some((line) => line.startsWith('model ='));
  const isParallel = layers.length > 0 && layers.every((layer) => layer.name?.startsWith(parallel));
  const [name = ''] = source.names;
  const graph = pythonString(`${name.replace(/\.[^.]*$/, '')}.onnx`);
  const imports = load.filter(isImport);
  const lines = [
    ...(imports.includes('import torch') ? imports : ['import torch', ...imports]),
    '',
    ...(isWhole ? [] : ['model = ...  # the module, as it was trained']),
    ...load.filter((line) => !isImport(line)).map(isParallel ? withoutParallel : (line) => line),
    ...(isWhole ? [] : ['model.eval()']),
    `example = ${exampleFor(layers)}`,
    ...(source.can.script === 'TorchScript' ? tracedExport(graph) : programExport(graph)),
  ];
  return lines.join('\n');
}

function withoutParallel(line: string): string {
  return line.replace(
    loadState,
    (_, state: string) =>
      `model.load_state_dict({name.removeprefix("${parallel}"): weight for name, weight in ${state}.items()})`,
  );
}

function isImport(line: string): boolean {
  return /^(import|from) /.test(line);
}

function programExport(graph: string): string[] {
  return [
    'torch.onnx.export(',
    '    model,',
    '    (example,),',
    `    ${graph},`,
    '    dynamo=True,',
    '    optimize=False,  # batch norm stays apart from the weights',
    '    dynamic_shapes=({0: torch.export.Dim("batch")},),',
    '    external_data=False,  # one file, up to 2 GB',
    ')',
  ];
}

/** What is a program already is not traced by torch.export. */
function tracedExport(graph: string): string[] {
  return [
    'torch.onnx.export(',
    '    model,',
    '    (example,),',
    `    ${graph},`,
    '    dynamo=False,',
    '    training=torch.onnx.TrainingMode.PRESERVE,  # batch norm stays apart from the weights',
    '    input_names=["x"],',
    '    dynamic_axes={"x": {0: "batch"}},',
    ')',
  ];
}

/** Two samples: of one, torch.export takes the number to be part of the model. */
function exampleFor(layers: readonly WeightAbout[]): string {
  const weight = firstWeight(layers);
  switch (weight?.kind) {
    case 'tokens':
      return `torch.randint(0, ${weight.vocabulary}, (2, 16))  # an input as the model takes it`;
    case 'features':
      return `torch.randn(2, ${weight.inputs})  # an input as the model takes it`;
    case 'channels':
      return `torch.randn(${[2, weight.inputs, ...weight.places.map(() => 224)].join(', ')})  # an input as the model takes it: say its size`;
    default:
      return '...  # an input as the model takes it';
  }
}
