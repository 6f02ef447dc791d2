/** Which classes and functions `torch.load(weights_only=True)` accepts (torch/_weights_only_unpickler.py, 2.13). */
import type { Note } from '../format';
import { dtypeNamed, storageElement } from './dtypes';
import type { Ref } from './pickle/values';

const allowed: ReadonlySet<string> = new Set([
  '_codecs.encode',
  'builtins.bytearray',
  'builtins.complex',
  'builtins.set',
  '__builtin__.bytearray',
  '__builtin__.complex',
  '__builtin__.set',
  'collections.Counter',
  'collections.OrderedDict',
  'torch.Size',
  'torch.Tensor',
  'torch.device',
  'torch.nn.parameter.Parameter',
  'torch.per_channel_affine',
  'torch.per_channel_affine_float_qparams',
  'torch.per_channel_symmetric',
  'torch.per_tensor_affine',
  'torch.per_tensor_symmetric',
  'torch.serialization._get_layout',
  'torch.storage.TypedStorage',
  'torch._tensor._rebuild_from_type_v2',
  'torch._utils._rebuild_device_tensor_from_cpu_tensor',
  'torch._utils._rebuild_device_tensor_from_numpy',
  'torch._utils._rebuild_meta_tensor_no_storage',
  'torch._utils._rebuild_nested_tensor',
  'torch._utils._rebuild_parameter',
  'torch._utils._rebuild_parameter_with_state',
  'torch._utils._rebuild_qtensor',
  'torch._utils._rebuild_sparse_tensor',
  'torch._utils._rebuild_tensor',
  'torch._utils._rebuild_tensor_v2',
  'torch._utils._rebuild_tensor_v3',
  'torch._utils._rebuild_wrapper_subclass',
]);

const tensorClass = /^torch(\.cuda)?(\.sparse)?\.(BFloat16|Bool|Byte|Char|Double|Float|Half|Int|Long|Short)Tensor$/;

function isAllowed(ref: Ref): boolean {
  return (
    allowed.has(ref.fullName) ||
    dtypeNamed(ref) !== undefined ||
    storageElement(ref) !== undefined ||
    tensorClass.test(ref.fullName)
  );
}

/** So many are named in a note, the rest counted. */
const named = 3;

/** A warning where PyTorch would want `weights_only=False`. Nothing here depends on it: nothing is ever executed. */
export function codeNotes(globals: readonly Ref[]): Note[] {
  const others = globals.filter((ref) => !isAllowed(ref));
  if (others.length === 0) return [];
  const names = others.slice(0, named).map((ref) => ref.fullName.slice(0, 100));
  const rest = others.length - names.length;
  const list = rest > 0 ? `${names.join(', ')} and ${rest} more` : names.join(', ');
  return [
    {
      severity: 'warning',
      text: `The pickle names code outside PyTorch's weights_only list (${list}): Secateur executed nothing, and an export keeps the pickle byte for byte, so load it only if you trust where it came from.`,
    },
  ];
}
