/** Where the initializers of an ONNX model's main graph stand in the file, tags and lengths included. */
import { CheckpointError, type ErrorContext } from '../../../lib/errors';
import type { ByteSource } from '../../../lib/source';
import type { ByteRange } from '../../../tensors/tensor';
import { type Field, WireCursor, wireTypes } from '../../protobuf/wire';

export interface InitializerRecord {
  /** With its tag and length. */
  readonly record: ByteRange;
  /** The TensorProto itself. */
  readonly message: ByteRange;
  /** The record of its `name`, with tag and length; absent where it has none. */
  readonly name?: ByteRange;
  /** TensorProto.DataType. */
  readonly dataType: number;
}

export interface GraphRecords {
  /** The model's `graph` field, with its tag and length. */
  readonly record: ByteRange;
  /** The GraphProto itself. */
  readonly message: ByteRange;
  readonly initializers: readonly InitializerRecord[];
}

/** Field numbers of onnx.proto. */
export const modelGraph = 7;
const graphInitializer = 5;
const tensorDataType = 2;
const tensorName = 8;

/** @param source a model that was opened before */
export async function graphRecords(source: ByteSource, context: ErrorContext): Promise<GraphRecords> {
  const cursor = new WireCursor(source, context);
  let graph: { record: ByteRange; message: ByteRange } | undefined;
  await eachField(cursor, { start: 0, end: source.size }, 'ModelProto', (field, record) => {
    if (!isMessage(field, modelGraph)) return;
    if (graph) {
      throw new CheckpointError('unsupported-feature', 'The model keeps its graph in several pieces.', {
        ...context,
        offset: record.start,
      });
    }
    graph = { record, message: rangeOf(field) };
  });
  // A file without a graph was refused when it was opened.
  const { record, message } = graph!;
  const found: Omit<InitializerRecord, 'dataType'>[] = [];
  await eachField(cursor, message, 'GraphProto', (field, at) => {
    if (isMessage(field, graphInitializer)) found.push({ record: at, message: rangeOf(field) });
  });
  const initializers: InitializerRecord[] = [];
  for (const each of found) {
    let name: ByteRange | undefined;
    let dataType = 0;
    await eachField(cursor, each.message, 'TensorProto', (field, at) => {
      if (isMessage(field, tensorName)) name = at;
      if (field.number === tensorDataType && field.wireType === wireTypes.varint) dataType = field.value;
    });
    initializers.push({ ...each, dataType, ...(name ? { name } : {}) });
  }
  return { record, message, initializers };
}

function isMessage({ number, wireType }: Field, wanted: number): boolean {
  return number === wanted && wireType === wireTypes.bytes;
}

function rangeOf({ start, end }: Field): ByteRange {
  return { start, end };
}

/** Calls `visit` with each field of a message, and with its place with tag and length. */
async function eachField(
  cursor: WireCursor,
  { start, end }: ByteRange,
  message: string,
  visit: (field: Field, record: ByteRange) => void,
): Promise<void> {
  cursor.position = start;
  while (cursor.position < end) {
    const recordStart = cursor.position;
    await cursor.loadHead(end);
    const field = cursor.field(end, message);
    visit(field, { start: recordStart, end: field.end });
    cursor.position = field.end;
  }
}
