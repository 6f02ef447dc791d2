/** Repairs as a browser's worker keeps, writes and reads them. */
import { keptElements } from '../../graph/slim/keptElements';
import { blobOf } from '../../lib/browser/blobOf';
import { blobSource } from '../../lib/browser/blobSource';
import { CheckpointError } from '../../lib/errors';
import { at } from '../../lib/known';
import { memorySource } from '../../lib/source';
import type { Repair } from '../../pruning/repair';
import { byteWidthOf, isPrunableDtype } from '../../tensors/dtype';
import type { CallContext } from '../callContext';
import { checkedRepair, readRepair, repairContents } from '../exports/repairFile';
import type { RepairValues } from '../passes/repairs';
import type { Params, Result } from '../protocol';
import type { Session } from '../session';
import { suffixed } from '../writing/fileName';

/** More than a browser's worker should hold at once. */
const maxBytes = 2 ** 30;

/** Of tensors that are all there. @throws CheckpointError `unsupported-feature` */
export function keepRepair(session: Session, id: string, values: RepairValues): Omit<Result<'keepRepair'>, 'added'> {
  const { values: checked, file, counts } = checkedRepair(session, values);
  session.measurable.beside.keepRepair(id, checked);
  return { file, counts };
}

/** @throws CheckpointError `unsupported-feature`; what reading weights throws */
export async function keepWholeRepair(
  session: Session,
  { id, values, rest = new Map() }: Params<'keepRepair'>,
  context: CallContext,
): Promise<Result<'keepRepair'>> {
  const missing = [...rest.keys()].filter((tensor) => !values.has(tensor));
  const others = await session.weights(rest, missing, context);
  const added = missing.map((tensor) => {
    const { name, shape } = at(session.opened.layers, tensor);
    return { tensor, name, shape };
  });
  return { ...keepRepair(session, id, new Map([...values, ...others])), added };
}

/** @throws CheckpointError `unsupported-feature`; what reading weights throws */
export async function keepPermuted(
  session: Session,
  { id, tensors }: Params<'keepPermuted'>,
  context: CallContext,
): Promise<Result<'keepPermuted'>> {
  // Tied names have their owner's.
  const owners = tensors.filter(({ tensor }) => at(session.opened.layers, tensor).sameAs === undefined);
  const weights = await session.weights(
    new Map(),
    owners.map(({ tensor }) => tensor),
    context,
  );
  const values = new Map(weights);
  for (const { tensor, axes } of owners) {
    const { shape, dtype } = at(session.opened.layers, tensor);
    const bytes = weights.get(tensor);
    if (!bytes || !isPrunableDtype(dtype)) continue;
    const permuted = keptElements(memorySource(bytes), shape, byteWidthOf(dtype), axes);
    values.set(tensor, (await permuted.read(0, permuted.size)) as Uint8Array<ArrayBuffer>);
  }
  return keepRepair(session, id, values).counts;
}

export function repairFile(session: Session, repair: Repair): Result<'repairFile'> {
  const values = session.measurable.beside.repairs.allOf(repair.id);
  const file = blobOf(repairContents(session, repair, values));
  return { name: suffixed(session.opened.fileName, '-repair', '.safetensors'), size: file.size, file };
}

export async function openRepair(session: Session, file: File): Promise<Repair> {
  if (file.size > maxBytes) {
    throw new CheckpointError(
      'unsupported-feature',
      `It is larger than the ${maxBytes / 2 ** 30} GiB that a repair may take.`,
      {
        file: file.name,
        format: 'repair',
      },
    );
  }
  const { repair, values } = await readRepair(session, blobSource(file), file.name);
  session.measurable.beside.keepRepair(repair.id, values);
  return repair;
}
