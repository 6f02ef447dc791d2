/** GGUF (llama.cpp, ggml): one file, or the parts that llama-gguf-split cuts one into. */
import { type ErrorContext, malformed } from '../../lib/errors';
import { namesInWords } from '../../lib/fileNames';
import { at } from '../../lib/known';
import { firstPart, type Part, sourceOfPart } from '../../lib/parts';
import type { ByteSource } from '../../lib/source';
import { isPrunableDtype } from '../../tensors/dtype';
import type { EncodedElements } from '../../tensors/encodedElements';
import { judge } from '../../tensors/judge/judge';
import { codingOf, isBlockType } from '../../tensors/quantised/blocks';
import { Addresses } from '../../tensors/quantised/quantised';
import { contiguousStrides, type Storage, type TensorInfo } from '../../tensors/tensor';
import type { Checkpoint, Format, Note } from '../format';
import { declaredOf } from './evidence';
import { type GgufHeader, type GgufTensor, readHeader } from './header';
import { partNamesOf } from './parts';
import { looksLikeGguf } from './sniff';

export const gguf: Format = {
  sniff: looksLikeGguf,

  async beside(_source, fileName, names) {
    const parts = new Set(partNamesOf(fileName));
    return names.filter((name) => parts.has(name));
  },

  async open(source, parts) {
    const headers: GgufHeader[] = [];
    for (const part of parts) {
      headers.push(await readHeader(sourceOfPart(source, part), { file: part.name, format: 'GGUF' }));
    }
    return checkpointOf(headers, source, parts);
  },
};

function checkpointOf(headers: readonly GgufHeader[], source: ByteSource, parts: readonly Part[]): Checkpoint {
  const context: ErrorContext = { file: firstPart(parts).name, format: 'GGUF' };
  const { byteOrder } = at(headers, 0);
  if (headers.some((header) => header.byteOrder !== byteOrder)) {
    throw malformed('Its parts are of different byte orders.', context);
  }
  const placed = headers.flatMap(({ tensors }, i) => tensors.map((tensor) => moved(tensor, at(parts, i).start)));
  const names = new Set<string>();
  for (const { name } of placed) {
    if (names.has(name)) throw malformed(`Two of its parts have a tensor "${name}".`, { ...context, tensor: name });
    names.add(name);
  }
  const isKnown = headers.every(({ isAdapter }) => !isAdapter);
  const judgements = judge(
    placed.map(({ name, type, shape }) => {
      const declared = isKnown ? declaredOf(name, shape) : undefined;
      return { name, container: '', dtype: type.dtype ?? 'F32', shape, ...(declared && { declared }) };
    }),
  );
  const addresses = new Addresses(source.size);
  const storages: Storage[] = [];
  const encoded: EncodedElements[] = [];
  const tensors = placed.map((tensor, i): TensorInfo => {
    const { name, type, shape, start, end } = tensor;
    const place = (range: { start: number; end: number }) =>
      storages.push({ segments: [range], byteLength: range.end - range.start }) - 1;
    const whole = { name, container: '', shape, strides: contiguousStrides(shape), storageOffset: 0 };
    const judgement = at(judgements, i);
    if (type.dtype) return { ...whole, ...judgement, dtype: type.dtype, storage: place({ start, end }) };
    const stored = { label: type.name.toLowerCase(), bytes: end - start };
    if (!isBlockType(type.name)) {
      const readOnly = `${stored.label}, which Secateur does not decode`;
      return { ...whole, ...judgement, dtype: 'OPAQUE', stored, storage: place({ start, end }), readOnly };
    }
    const range = addresses.of(tensor.numel);
    encoded.push({ coding: type.name, addresses: range, segments: [{ start, end }], byteOrder });
    const reason = codingOf(type.name).clear
      ? undefined
      : `${stored.label}: its blocks have no code that is exactly zero`;
    return {
      ...whole,
      ...judgement,
      dtype: 'F32',
      stored,
      storage: place(range),
      ...(reason !== undefined && { readOnly: reason, measured: true }),
    };
  });
  return {
    format: 'GGUF',
    can: {},
    parts,
    tensors,
    storages,
    ...(encoded.length > 0 && { encoded }),
    checksums: [],
    byteOrder,
    notes: [...missingNotes(headers, parts), ...quantisedNotes(tensors)],
  };
}

function moved(tensor: GgufTensor, by: number): GgufTensor {
  return { ...tensor, start: tensor.start + by, end: tensor.end + by };
}

/** A part can be pruned for itself; amounts over all layers are then those of this part alone. */
function missingNotes(headers: readonly GgufHeader[], parts: readonly Part[]): Note[] {
  const count = headers.find((header) => header.parts !== undefined)?.parts ?? 1;
  if (parts.length >= count) return [];
  const given = new Set(parts.map(({ name }) => name));
  const missing = partNamesOf(firstPart(parts).name).filter((name) => !given.has(name));
  const named = missing.length === count - parts.length ? `: ${namesInWords(missing)}` : '';
  const text = `This is ${parts.length} of the ${count} parts of a model, and the others are not here${named}. Drop all parts together to prune the whole model.`;
  return [{ severity: 'warning', text }];
}

function quantisedNotes(tensors: readonly TensorInfo[]): Note[] {
  const weights = tensors.filter(({ kind }) => kind === 'linear' || kind === 'conv');
  const open = weights.filter(({ stored, readOnly }) => stored && readOnly === undefined);
  const shut = weights.filter(
    ({ dtype, readOnly }) => readOnly !== undefined && (isPrunableDtype(dtype) || dtype === 'OPAQUE'),
  );
  const notes: Note[] = [];
  if (open.length > 0) {
    const text =
      'Quantised weights are shown as the values that they stand for, and pruned by the code of their block that is exactly zero. Scales stay as they are.';
    notes.push({ severity: 'info', text });
  }
  if (shut.length > 0) {
    const labels = [...new Set(shut.map(({ stored }) => stored?.label ?? ''))].join(', ');
    const text = `${shut.length} of ${weights.length} weights are ${labels}, in which zero cannot be written everywhere: they stay as they are. Prune the model before it is quantised, or quantise it to q8_0.`;
    notes.push({ severity: 'warning', text });
  }
  return notes;
}
