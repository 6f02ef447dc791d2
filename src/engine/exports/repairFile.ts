/**
 * The side file of a repair: a safetensors file with the final values of every tensor that the repair touched, zeros
 * included, and its report as metadata. Writing and reading.
 */
import { safetensors } from '../../formats/safetensors';
import { readMetadata } from '../../formats/safetensors/metadata';
import { safetensorsFile } from '../../formats/safetensors/write';
import { CheckpointError, type ErrorContext } from '../../lib/errors';
import { at, known } from '../../lib/known';
import { partsOf } from '../../lib/parts';
import { Sha256 } from '../../lib/sha256';
import type { ByteSource } from '../../lib/source';
import type { Splice } from '../../lib/splice';
import type { Repair } from '../../pruning/repair';
import type { ProgramCounts } from '../../pruning/resolution';
import { bitsOf, byteWidthOf } from '../../tensors/dtype';
import { numelOf, type TensorId } from '../../tensors/tensor';
import { areFinite, markZeros } from '../../tensors/zeros';
import type { RepairValues } from '../passes/repairs';
import type { Unit } from '../reading/units';
import { encodedAt } from '../reading/varintSource';
import type { Session } from '../session';
import { readReport, writtenReport } from './repairReport';

/** `format` in `__metadata__`. */
export const repairFormat = 'secateur-repair';
const version = '1';

export interface CheckedRepair {
  readonly values: RepairValues;
  readonly file: string;
  readonly counts: ReadonlyMap<TensorId, ProgramCounts>;
}

/**
 * Values as the checkpoint wants them: its tensors, whole, of finite numbers where it has no others itself.
 * @throws CheckpointError `unsupported-feature`
 */
export function checkedRepair({ units, opened, measurable }: Session, values: RepairValues): CheckedRepair {
  const { encoded = [] } = measurable.checkpoint;
  const byTensor = new Map(units.map((unit) => [unit.tensor, unit]));
  const checked = new Map<TensorId, Uint8Array<ArrayBuffer>>();
  const counts = new Map<TensorId, ProgramCounts>();
  for (const [tensor, bytes] of values) {
    const unit = byTensor.get(tensor);
    const name = opened.layers[tensor]?.name ?? `Tensor ${tensor}`;
    if (!unit) throw refused(`${name} is no tensor whose weights can be replaced.`, { tensor: name });
    if (unit.pieces.some(({ start, end }) => encodedAt(encoded, start, end - start))) {
      throw refused(
        `${name} stands in the file in a form in which other values do not fit: quantised, or in numbers of varying length.`,
        {
          tensor: name,
        },
      );
    }
    const wanted = numelOf(unit.shape) * byteWidthOf(unit.dtype);
    if (bytes.length !== wanted) {
      throw refused(`Repaired values of ${name} were expected to be ${wanted} bytes, but are ${bytes.length}.`, {
        tensor: name,
      });
    }
    // A view would hold on to whatever else lies in its buffer.
    const own = bytes.byteLength === bytes.buffer.byteLength ? bytes : bytes.slice();
    // No fit has touched such a tensor, but masks were placed on it while others had repaired weights.
    if (measurable.beside.finite.has(tensor) && !areFinite(own, unit.dtype)) {
      throw refused(`Repaired values of ${name} are not all finite numbers.`, { tensor: name });
    }
    const zeros = markZeros(own, unit.dtype, new Uint8Array(numelOf(unit.shape)));
    checked.set(tensor, own);
    counts.set(tensor, { pruned: zeros, zeros });
  }
  return { values: checked, counts, file: hashOf(byTensor, checked) };
}

/** Of the bytes behind the header of the side file. */
function hashOf(units: ReadonlyMap<TensorId, Unit>, values: RepairValues): string {
  const hash = new Sha256();
  // As `safetensorsFile` puts them.
  const inFile = [...values].map(([tensor, bytes]) => ({ unit: known(units, tensor), bytes }));
  inFile.sort((a, b) => bitsOf(b.unit.dtype) - bitsOf(a.unit.dtype) || (a.unit.name < b.unit.name ? -1 : 1));
  for (const { bytes } of inFile) hash.add(bytes);
  return hash.finish();
}

/** @param values of the repair, as they are kept */
export function repairContents({ opened }: Session, repair: Repair, values: RepairValues): Splice {
  const tensors = [...values].map(([tensor, bytes]) => {
    const { name, dtype, shape } = at(opened.layers, tensor);
    return { name, dtype, shape, content: [bytes] };
  });
  const report = writtenReport(repair);
  return safetensorsFile(tensors, { format: repairFormat, version, checkpoint: opened.fileName, ...report });
}

/**
 * Reads a side file against the open checkpoint: names, dtypes, shapes and sizes have to be those of its tensors.
 * @param name of the file, for errors
 * @throws CheckpointError `malformed-file`, `unsupported-feature`, `file-unreadable`
 */
export async function readRepair(
  session: Session,
  source: ByteSource,
  name: string,
): Promise<CheckedRepair & { readonly repair: Repair }> {
  const context: ErrorContext = { file: name, format: 'repair' };
  const refuse = (message: string, tensor?: string) => refused(message, { ...context, ...(tensor && { tensor }) });
  const { tensors, storages } = await safetensors.open(source, partsOf([{ name, size: source.size }]));
  const metadata = new Map(Object.entries((await readMetadata(source)) ?? {}));
  if (metadata.get('format') !== repairFormat) throw refuse(`Its metadata does not say that it is "${repairFormat}".`);
  if (metadata.get('version') !== version) {
    throw refuse(`Its metadata says version ${shortened(metadata.get('version'))}, and ${version} is read.`);
  }
  const { layers } = session.opened;
  const named = new Map(
    session.units.flatMap((unit) => {
      const names = [unit.name, ...at(layers, unit.tensor).alsoNamed.map((id) => at(layers, id).name)];
      return names.map((each) => [each, unit] as const);
    }),
  );
  const values = new Map<TensorId, Uint8Array<ArrayBuffer>>();
  for (const tensor of tensors) {
    const unit = named.get(tensor.name);
    const what = `${tensor.dtype} [${tensor.shape.join(', ')}]`;
    if (!unit) throw refuse(`It repairs ${shortened(tensor.name)}, which the checkpoint does not have.`);
    if (unit.dtype !== tensor.dtype || unit.shape.join() !== tensor.shape.join()) {
      const wanted = `${unit.dtype} [${unit.shape.join(', ')}]`;
      throw refuse(`Its ${unit.name} is ${shortened(what)}, and the checkpoint's is ${wanted}.`, unit.name);
    }
    const { start, end } = at(at(storages, tensor.storage).segments, 0);
    values.set(unit.tensor, new Uint8Array(await source.read(start, end - start)));
  }
  if (values.size === 0) throw refuse('It repairs no tensor.');
  const checked = checkedRepair(session, values);
  const report = readReport(metadata, named, checked, refuse);
  return { ...checked, repair: { ...report, id: `file-${checked.file}`, file: checked.file } };
}

function refused(message: string, context: ErrorContext): CheckpointError {
  return new CheckpointError('unsupported-feature', message, context);
}

const longest = 200;

/** Fit for a sentence. */
function shortened(text = 'nothing'): string {
  return text.length > longest ? `${text.slice(0, longest)}…` : text;
}
