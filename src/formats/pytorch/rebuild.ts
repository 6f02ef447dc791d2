/** What PyTorch's rebuild functions (torch/_utils.py, torch/_tensor.py) would make, described instead of made. */
import type { CheckpointError } from '../../lib/errors';
import { contiguousStrides, numelOf } from '../../tensors/tensor';
import { dtypeNamed, type ElementType } from './dtypes';
import { arrayTensor, insidePickle } from './numpyArrays';
import { PyObj, type PyValue, Ref, whatIs } from './pickle/values';
import { subclassTensor } from './subclass';
import { fits, isCount, StorageValue, sizesOf, TensorValue } from './tensorValue';

type Fail = (message: string) => CheckpointError;
type Rebuild = (args: readonly PyValue[], fail: Fail) => PyValue;

const noBytes = 'a meta tensor: the file holds its shape, not its weights';
const sparse = 'sparse (indices and values), which Secateur does not patch yet';
const quantised = 'quantised: its zero is the zero point, which Secateur does not write yet';
const nested = 'a nested tensor, which Secateur does not patch yet';
const wrapper = 'a tensor subclass without a storage of its own';
const negated = 'stored negated (a lazy view), which Secateur does not patch yet';
const converted = 'converted to another dtype when it is loaded';

/** (storage, offset, size, stride, …): also version 2, whose further arguments matter to autograd only. */
const strided: Rebuild = ([storage, offset, size, stride, , , metadata], fail) => {
  const tensor = stridedTensor(storage, offset, size, stride, undefined, fail);
  return metadata instanceof Map && metadata.get('neg') === true ? tensor.locked(negated) : tensor;
};

/** (storage, offset, size, stride, requires_grad, hooks, dtype, …) over bytes without a type. */
const stridedWithDtype: Rebuild = ([storage, offset, size, stride, , , dtype], fail) =>
  stridedTensor(storage, offset, size, stride, elementOf(dtype, fail), fail);

const quantisedTensor: Rebuild = ([storage, offset, size, stride], fail) =>
  stridedTensor(storage, offset, size, stride, undefined, fail).locked(quantised);

/** (data, …): parameters, with or without state. */
const first: Rebuild = ([data], fail) => tensorIn(data, fail);

/** (layout, (indices…, values, size, …)): the size is the last tuple, the values the last floating tensor before it. */
const sparseTensor: Rebuild = ([, parts], fail) => {
  if (!Array.isArray(parts)) throw fail('The pickle rebuilds a sparse tensor without its parts.');
  const at = parts.findIndex((part) => Array.isArray(part));
  const size = sizesOf(parts[at]);
  const values = parts[at - 1];
  if (!size || !(values instanceof TensorValue))
    throw fail('The pickle rebuilds a sparse tensor without values or size.');
  return unaddressed(values.dtype, size, sparse);
};

/** (dtype, size, stride, requires_grad) */
const meta: Rebuild = ([dtype, size], fail) => unaddressed(elementOf(dtype, fail).dtype, sizeIn(size, fail), noBytes);

/** (buffer, sizes, strides, offsets) */
const nestedTensor: Rebuild = ([buffer], fail) => {
  const { dtype, shape } = tensorIn(buffer, fail);
  return unaddressed(dtype, shape, nested);
};

/** (cls, dtype, size, stride, storage_offset, layout, device, requires_grad) */
const wrapperSubclass: Rebuild = ([, dtype, size], fail) =>
  unaddressed(elementOf(dtype, fail).dtype, sizeIn(size, fail), wrapper);

/** (ndarray, dtype, …) */
const fromNumpy: Rebuild = ([array, dtype], fail) => {
  const size = array instanceof PyObj ? arrayTensor(array)?.shape : undefined;
  return unaddressed(elementOf(dtype, fail).dtype, sizeIn(size && [...size], fail), insidePickle);
};

/** (data, dtype, device, requires_grad) */
const fromCpu: Rebuild = ([data, dtype], fail) => {
  const tensor = tensorIn(data, fail);
  return elementOf(dtype, fail).dtype === tensor.dtype ? tensor : tensor.locked(converted);
};

/** (function, class, args, state): a subclass, or a tensor with attributes. Only functions of this table can stand in it. */
const fromType: Rebuild = ([callee, cls, args, state = null], fail) => {
  const rebuild = callee instanceof Ref ? byName.get(callee.fullName) : undefined;
  if (!rebuild || rebuild === fromType || !Array.isArray(args)) {
    throw fail(`The pickle rebuilds a tensor subclass by ${whatIs(callee)}, which is no function for that.`);
  }
  if (rebuild !== wrapperSubclass) return rebuild(args, fail);
  const [, dtype, size] = args;
  return subclassTensor(cls, elementOf(dtype, fail).dtype, sizeIn(size, fail), state);
};

/** (attributes): what `torch.save` makes of a torch.fx GraphModule (torch/fx/graph_module.py); its code is not run. */
const graphModule: Rebuild = ([attributes = null]) => graphModuleOf(attributes);
/** (importer, attributes, module name): in a torch.package. */
const packagedGraphModule: Rebuild = ([, attributes = null]) => graphModuleOf(attributes);

function graphModuleOf(attributes: PyValue): PyObj {
  const module = new PyObj(new Ref('torch.fx.graph_module', 'GraphModule'), []);
  module.state = attributes;
  return module;
}

/** ({ values, offsets, … }): a nested tensor with ragged rows. */
const jagged: Rebuild = ([parts], fail) => {
  const values = parts instanceof Map ? (parts.get('values') ?? parts.get('_values')) : undefined;
  const { dtype, shape } = tensorIn(values, fail);
  return unaddressed(dtype, shape, nested);
};

const argument: Rebuild = ([value = null]) => value;

const byName = new Map<string, Rebuild>([
  ['torch._utils._rebuild_tensor', strided],
  ['torch._utils._rebuild_tensor_v2', strided],
  ['torch._utils._rebuild_tensor_v3', stridedWithDtype],
  ['torch._utils._rebuild_parameter', first],
  ['torch._utils._rebuild_parameter_with_state', first],
  ['torch._utils._rebuild_qtensor', quantisedTensor],
  ['torch._utils._rebuild_sparse_tensor', sparseTensor],
  ['torch._utils._rebuild_sparse_csr_tensor', sparseTensor],
  ['torch._utils._rebuild_meta_tensor_no_storage', meta],
  ['torch._utils._rebuild_nested_tensor', nestedTensor],
  ['torch._utils._rebuild_wrapper_subclass', wrapperSubclass],
  ['torch._utils._rebuild_device_tensor_from_numpy', fromNumpy],
  ['torch._utils._rebuild_xla_tensor', fromNumpy],
  ['torch._utils._rebuild_device_tensor_from_cpu_tensor', fromCpu],
  ['torch._tensor._rebuild_from_type', fromType],
  ['torch._tensor._rebuild_from_type_v2', fromType],
  ['torch.tensor._rebuild_from_type', fromType],
  ['torch.nested._internal.nested_tensor._rebuild_njt', jagged],
  ['torch.fx.graph_module.reduce_graph_module', graphModule],
  ['torch.fx.graph_module.reduce_deploy_graph_module', graphModule],
  ['torch.fx.graph_module.reduce_package_graph_module', packagedGraphModule],
  ['torch.Size', argument],
  // TorchScript's own lists and tags: the value is their first argument.
  ['torch.jit._pickle.restore_type_tag', argument],
  ['torch.jit._pickle.build_tensorlist', argument],
  ['torch.jit._pickle.build_intlist', argument],
  ['torch.jit._pickle.build_doublelist', argument],
  ['torch.jit._pickle.build_boollist', argument],
]);

/** Classes that wrap the tensor given to them; PyTorch 0.3 and before pickled parameters so. */
const wrappers: ReadonlySet<string> = new Set([
  'torch.nn.parameter.Parameter',
  'torch.nn.parameter.Buffer',
  'torch.autograd.variable.Variable',
]);

/** The value of a call to PyTorch's functions; undefined for any other. @throws CheckpointError for arguments that cannot be */
export function rebuildCall(callee: Ref, args: readonly PyValue[], fail: Fail): PyValue | undefined {
  const rebuild = byName.get(callee.fullName);
  if (rebuild) return rebuild(args, fail);
  return wrappers.has(callee.fullName) && args[0] instanceof TensorValue ? args[0] : undefined;
}

/** @param element of the elements, where it is not the storage's own */
function stridedTensor(
  storage: PyValue | undefined,
  offset: PyValue | undefined,
  size: PyValue | undefined,
  stride: PyValue | undefined,
  element: ElementType | undefined,
  fail: Fail,
): TensorValue {
  if (!(storage instanceof StorageValue)) throw fail(`The pickle rebuilds a tensor over ${whatIs(storage)}.`);
  const shape = sizeIn(size, fail);
  const strides = sizesOf(stride);
  if (!strides || strides.length !== shape.length || !isCount(offset)) {
    throw fail(
      `The pickle rebuilds a tensor of shape [${shape.join(', ')}] with strides or an offset that do not fit it.`,
    );
  }
  const type = element ?? storage.element;
  const described = { dtype: type.dtype, shape, strides };
  if (!fits(described, offset, storage, type)) {
    throw fail(
      `A tensor of shape [${shape.join(', ')}] reaches beyond the ${storage.numel} elements of storage ${storage.key}.`,
    );
  }
  const before = storage.start / type.itemSize;
  if (!Number.isInteger(before)) throw fail(`A tensor begins inside an element of storage ${storage.key}.`);
  return new TensorValue(described, { storage, offset: before + offset });
}

function unaddressed(dtype: TensorValue['dtype'], shape: readonly number[], readOnly: string): TensorValue {
  return new TensorValue({ dtype, shape, strides: contiguousStrides(shape) }, { readOnly });
}

function tensorIn(value: PyValue | undefined, fail: Fail): TensorValue {
  if (!(value instanceof TensorValue)) throw fail(`The pickle rebuilds a tensor from ${whatIs(value)}.`);
  return value;
}

function sizeIn(value: PyValue | undefined, fail: Fail): number[] {
  const size = sizesOf(value);
  if (!size || !Number.isSafeInteger(numelOf(size))) throw fail('The pickle rebuilds a tensor of an impossible size.');
  return size;
}

function elementOf(value: PyValue | undefined, fail: Fail): ElementType {
  const element = value instanceof Ref ? dtypeNamed(value) : undefined;
  if (!element) throw fail(`The pickle rebuilds a tensor of dtype ${whatIs(value)}, which PyTorch does not have.`);
  return element;
}
