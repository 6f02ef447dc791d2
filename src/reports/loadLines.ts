/** How a pruned file is loaded again: a few lines of Python that fit its format and its name. */
import type { Capabilities } from '../tensors/capabilities';
import { pythonString } from './python/literals';

export interface LoadSource {
  readonly can: Pick<Capabilities, 'script' | 'needsTrust'>;
  /** The path of the dict that holds the model's weights, '' for the outermost one. */
  readonly container: string;
  /** Of the files, the one that the checkpoint is called by first. */
  readonly names: readonly string[];
}

/** So many files are named one by one. */
const fewFiles = 3;

/** Empty where Python has nothing that loads such files. */
export function loadLines({ can, container, names: all }: LoadSource): readonly string[] {
  // The index of shards holds no weights.
  const names = all.filter((name) => !/\.index\.json$/i.test(name));
  const [first = ''] = names;
  const file = pythonString(first);
  switch (can.script) {
    case 'safetensors': {
      const load = 'from safetensors.torch import load_file';
      if (names.length === 1) return [load, `state = load_file(${file})`, 'model.load_state_dict(state)'];
      return [...shardLines(names, [load], 'load_file(file)', '*.safetensors'), 'model.load_state_dict(state)'];
    }
    case 'torch.save': {
      const trust = `map_location="cpu"${can.needsTrust ? ', weights_only=False' : ''}`;
      const load = `torch.load(${file}, ${trust})`;
      if (names.length > 1) {
        const lines = shardLines(names, ['import torch'], `torch.load(file, ${trust})`, '*.bin');
        return [...lines, 'model.load_state_dict(state)'];
      }
      // A pickle that names code and holds weights at the top is a whole module.
      if (can.needsTrust && container === '') return ['import torch', `model = ${load}`, 'model.eval()'];
      const keys =
        container === ''
          ? ''
          : container
              .split('.')
              .map((key) => `[${pythonString(key)}]`)
              .join('');
      return ['import torch', `checkpoint = ${load}`, `model.load_state_dict(checkpoint${keys})`];
    }
    case 'TorchScript':
      return ['import torch', `model = torch.jit.load(${file}, map_location="cpu")`, 'model.eval()'];
    case 'ONNX':
      return [
        'import onnxruntime',
        `session = onnxruntime.InferenceSession(${file})`,
        'outputs = session.run(None, {session.get_inputs()[0].name: inputs})',
      ];
  }
  return [];
}

function shardLines(names: readonly string[], imports: readonly string[], load: string, pattern: string): string[] {
  const isFew = names.length <= fewFiles;
  const files = isFew ? `[${names.map(pythonString).join(', ')}]` : `glob(${pythonString(pattern)})`;
  return [
    ...(isFew ? [] : ['from glob import glob']),
    ...imports,
    `state = {name: weight for file in ${files} for name, weight in ${load}.items()}`,
  ];
}
