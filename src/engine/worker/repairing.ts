/** Repairs as a browser's worker keeps, writes and reads them. */
import { blobOf } from '../../lib/browser/blobOf';
import { blobSource } from '../../lib/browser/blobSource';
import { CheckpointError } from '../../lib/errors';
import type { Repair } from '../../pruning/repair';
import { checkedRepair, readRepair, repairContents } from '../exports/repairFile';
import type { RepairValues } from '../passes/repairs';
import type { Result } from '../protocol';
import type { Session } from '../session';
import { suffixed } from '../writing/fileName';

/** More than a browser's worker should hold at once. */
const maxBytes = 2 ** 30;

export function keepRepair(session: Session, id: string, values: RepairValues): Result<'keepRepair'> {
  const { values: checked, file, counts } = checkedRepair(session, values);
  session.measurable.beside.keepRepair(id, checked);
  return { file, counts };
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
