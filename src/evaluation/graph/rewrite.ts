/**
 * The model rewritten for evaluation: weights become inputs, inner values become outputs. ONNX Runtime does not let an initializer that
 * is also an input be overridden, but takes pure inputs.
 */
import { graphFields, modelFields, valueInfoFields } from '../../formats/onnx/fieldNumbers';
import type { WholeModel } from '../../formats/onnx/graphProto';
import { valueInfo } from '../../formats/onnx/valueInfo';
import { edited } from '../../formats/onnx/write/edited';
import { field, intFields, textField } from '../../formats/protobuf/write';
import { concatenated } from '../../lib/bytes';
import type { Splice } from '../../lib/splice';
import type { Dtype } from '../../tensors/dtype';
import type { ByteRange } from '../../tensors/tensor';

/** Below it, initializers had to be among the inputs. */
const irVersionOfPureInitializers = 4;
const irVersionField = intFields(modelFields.irVersion, [irVersionOfPureInitializers]);

export interface NewInput {
  readonly name: string;
  readonly dtype: Dtype;
  readonly shape: readonly number[];
}

export interface Rewriting {
  /** Initializers of the main graph that are fed instead. */
  readonly inputs?: readonly NewInput[];
  /** Values of the main graph that come out, too. */
  readonly outputs?: readonly string[];
  /** Where every input is of one sample (see `takesOne`), it is of any number of them. */
  readonly openBatch?: boolean;
}

/** Whether a graph was exported for one sample at a time: every input begins with an axis of 1. */
export function takesOne({ inputs, initializers }: WholeModel['main']): boolean {
  const weights = new Set(initializers.map(({ name }) => name));
  const fed = inputs.filter(({ name }) => !weights.has(name));
  return fed.length > 0 && fed.every(({ dtype, shape }) => dtype !== undefined && shape?.[0] === 1);
}

/**
 * Initializers that old exporters list among the inputs are taken off that list: ONNX Runtime warns for each and folds
 * nothing.
 * @param bytes of the model, or of one that differs in the elements of its tensors
 * @param model what was read of it
 */
export function rewrite(
  bytes: Uint8Array<ArrayBuffer>,
  model: WholeModel,
  { inputs = [], outputs = [], openBatch = false }: Rewriting,
): Uint8Array<ArrayBuffer> {
  const { main, irVersion, records } = model;
  const fed = new Set(inputs.map(({ name }) => name));
  const initializers = new Set(main.initializers.map(({ name }) => name));
  const replaced = new Map<ByteRange, Splice>();
  const gone = [
    ...main.initializers.filter(({ name }) => fed.has(name)),
    ...main.inputs.filter(({ name }) => initializers.has(name)),
  ];
  for (const { record } of gone) if (record) replaced.set(record, []);
  if (openBatch && takesOne(main))
    for (const [record, splice] of opened(main, initializers)) replaced.set(record, splice);
  const version = irVersion < irVersionOfPureInitializers ? irVersionField : [];
  if (version.length > 0) for (const record of records.irVersion) replaced.set(record, version);
  const missing = records.irVersion.length === 0 ? version : [];
  const listed = new Set(main.outputs.map(({ name }) => name));
  const added = [
    ...inputs.flatMap((input) => field(graphFields.input, valueInfo(input))),
    // An output's type may be left out: ONNX Runtime infers it.
    ...outputs
      .filter((name) => !listed.has(name))
      .flatMap((name) => field(graphFields.output, textField(valueInfoFields.name, name))),
  ];
  if (replaced.size + added.length + missing.length === 0) return bytes;
  const bytesAt = ({ start, end }: ByteRange) => bytes.subarray(start, end);
  const pieces = [...missing, ...edited(model, bytes.length, bytesAt, { replaced, added })];
  return concatenated(pieces.filter((piece) => piece instanceof Uint8Array));
}

/** Inputs with an open first axis, and outputs without their shapes, which ONNX Runtime infers. */
function* opened(
  { inputs, outputs }: WholeModel['main'],
  weights: ReadonlySet<string>,
): Generator<[ByteRange, Splice]> {
  for (const { name, dtype, shape = [], record } of inputs) {
    if (!record || !dtype || weights.has(name)) continue;
    yield [record, field(graphFields.input, valueInfo({ name, dtype, shape: ['batch', ...shape.slice(1)] }))];
  }
  for (const { name, record } of outputs) {
    if (record) yield [record, field(graphFields.output, textField(valueInfoFields.name, name))];
  }
}
