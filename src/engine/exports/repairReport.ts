/** The report of a repair as metadata of its side file. What is read there is anybody's text. */
import type { CheckpointError } from '../../lib/errors';
import { known } from '../../lib/known';
import type { Repair, RepairedTensor } from '../../pruning/repair';
import type { ProgramCounts } from '../../pruning/resolution';
import { numelOf, type TensorId } from '../../tensors/tensor';
import type { Unit } from '../reading/units';

type Refuse = (message: string) => CheckpointError;

/** Everything but what the values tell themselves. */
export function writtenReport({ of, inputs, samples, damping, between, tensors, leftOut }: Repair) {
  const layers = tensors.map(({ name, role, pruned, before, after }) => ({ name, role, pruned, before, after }));
  return {
    recipe: of,
    inputs,
    samples: String(samples),
    damping: String(damping),
    between: String(between),
    layers: JSON.stringify(layers),
    left_out: JSON.stringify(leftOut.map(({ name, reason }) => ({ name, reason }))),
  };
}

/**
 * @param units those of the checkpoint, by name
 * @param counts of the values that the file holds
 * @throws what `refuse` makes
 */
export function readReport(
  metadata: ReadonlyMap<string, string>,
  units: ReadonlyMap<string, Unit>,
  { counts }: { readonly counts: ReadonlyMap<TensorId, ProgramCounts> },
  refuse: Refuse,
): Omit<Repair, 'id' | 'file'> {
  const of = metadata.get('recipe') ?? '';
  if (!/^[0-9a-f]{64}$/.test(of)) throw refuse('Its metadata does not say which recipe it belongs to.');
  const samples = Number(metadata.get('samples'));
  const damping = Number(metadata.get('damping'));
  if (!Number.isSafeInteger(samples) || samples < 1) throw refuse('Its metadata gives no number of samples.');
  if (!Number.isFinite(damping) || damping < 0) throw refuse('Its metadata gives no damping.');
  const tensors = new Map<TensorId, RepairedTensor>();
  for (const entry of listIn(metadata, 'layers', refuse)) {
    const unit = units.get(textIn(entry, 'name'));
    if (!unit || !counts.has(unit.tensor)) continue;
    const { tensor, name, shape } = unit;
    const role = roles.find((each) => each === textIn(entry, 'role')) ?? 'reader';
    const pruned = Math.min(numelOf(shape), Math.max(0, Math.floor(numberIn(entry, 'pruned') ?? 0)));
    const before = numberIn(entry, 'before');
    const after = numberIn(entry, 'after');
    tensors.set(tensor, {
      tensor,
      name,
      role,
      pruned,
      zeros: known(counts, tensor).zeros,
      ...(before !== undefined && { before }),
      ...(after !== undefined && { after }),
    });
  }
  for (const unit of units.values()) {
    if (!counts.has(unit.tensor) || tensors.has(unit.tensor)) continue;
    throw refuse(`Its metadata does not say what was done to ${unit.name}.`);
  }
  const leftOut = listIn(metadata, 'left_out', refuse).flatMap((entry) => {
    const unit = units.get(textIn(entry, 'name'));
    return unit ? [{ tensor: unit.tensor, name: unit.name, reason: textIn(entry, 'reason') }] : [];
  });
  return {
    of,
    inputs: (metadata.get('inputs') ?? '').slice(0, longest),
    samples,
    damping,
    between: metadata.get('between') === 'true',
    tensors: [...tensors.values()],
    leftOut,
  };
}

const roles: readonly RepairedTensor['role'][] = ['pruned', 'reader', 'bias'];
/** Of texts that are shown. */
const longest = 200;

function listIn(metadata: ReadonlyMap<string, string>, field: string, refuse: Refuse): unknown[] {
  let list: unknown;
  try {
    list = JSON.parse(metadata.get(field) ?? '[]');
  } catch {
    throw refuse(`What its metadata says under ${field} is not JSON.`);
  }
  if (!Array.isArray(list)) throw refuse(`What its metadata says under ${field} is no list.`);
  return list;
}

function fieldIn(entry: unknown, field: string): unknown {
  return typeof entry === 'object' && entry !== null ? Object.getOwnPropertyDescriptor(entry, field)?.value : undefined;
}

function textIn(entry: unknown, field: string): string {
  const value = fieldIn(entry, field);
  return typeof value === 'string' ? value.slice(0, longest) : '';
}

function numberIn(entry: unknown, field: string): number | undefined {
  const value = fieldIn(entry, field);
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}
