/** Names of tensors taken apart, whatever separators and decorations their writers used. */

export interface Path {
  /** Last part, without what pruning, reparametrisation and writers put on it: `weight`, `kernel`. */
  readonly leaf: string;
  /** Everything before, dotted: the module that the tensor belongs to. */
  readonly module: string;
  /** The module's own name and those around it, nearest first; indices and wrappers say nothing and are left out. */
  readonly owners: readonly string[];
}

/** What training and adapter libraries put around a module without meaning anything by it. */
const wrapper =
  /^(\d+|_?module|_orig_mod|_checkpoint_wrapped_module|_fsdp_wrapped_module|base_layer|original|default)$/;

/** @param container where the state dict sits: its last parts are owners, too, where modules are dicts */
export function pathOf(container: string, name: string): Path {
  const parts = partsOf(name);
  const leaf = parts.pop() ?? '';
  const around = container === '' ? [] : partsOf(container);
  const owners = [...around, ...parts].filter((part) => part !== '' && !wrapper.test(part)).reverse();
  return { leaf, module: parts.join('.'), owners };
}

function partsOf(name: string): string[] {
  return plain(name)
    .split(/[./|]/)
    .map((part) => part.replace(/:\d+$/, '').replace(/__\d+$/, ''));
}

/**
 * torch.nn.utils.parametrize keeps `weight` as `parametrizations.weight.original`; of two originals (weight_norm) the
 * second is the direction. torch.nn.utils.prune appends `_orig`.
 */
function plain(name: string): string {
  return name
    .replace(/(^|\.)parametrizations\.([^.]+)\.original0$/, '$1$2_g')
    .replace(/(^|\.)parametrizations\.([^.]+)\.original1?$/, '$1$2')
    .replace(/(^|\.)(\w*(weight|bias)\w*)_orig$/, '$1$2');
}
