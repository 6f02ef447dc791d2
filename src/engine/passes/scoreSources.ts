/** What scores need beside the weights themselves, and what was found out about groups. */
import { CheckpointError } from '../../lib/errors';
import { getOrInsert } from '../../lib/maps';
import type { InputNeed } from '../../pruning/criteria/criterion';
import type { TensorId } from '../../tensors/tensor';
import type { Reference } from '../reading/reference';
import type { Unit } from '../reading/units';
import type { GroupScores } from './groupScores';
import type { Factors } from './inputNorms';
import { Repairs, type RepairValues } from './repairs';

/** Kept scores of groups may take so many bytes: a drag asks for the same ones again and again. */
const cacheBytes = 64 * 2 ** 20;

export class ScoreSources {
  /** Tensors without NaN and infinities. */
  readonly finite: ReadonlySet<TensorId>;
  readonly repairs = new Repairs();
  private readonly units: ReadonlyMap<TensorId, Unit>;
  private earlier: Reference | undefined;
  private readonly inputs = new Map<InputNeed, ReadonlyMap<TensorId, Float32Array>>();
  private readonly groups = new Map<string, GroupScores>();
  private readonly scales = new Map<string, Promise<Factors>>();

  /** @param units all of the checkpoint, for masks that are made of other tensors than their own */
  constructor(finite: ReadonlySet<TensorId>, units: readonly Unit[] = []) {
    this.finite = finite;
    this.units = new Map(units.map((unit) => [unit.tensor, unit]));
  }

  unitOf(tensor: TensorId): Unit | undefined {
    return this.units.get(tensor);
  }

  get reference(): Reference | undefined {
    return this.earlier;
  }

  set reference(reference: Reference | undefined) {
    this.earlier = reference;
    this.groups.clear();
  }

  /** For programs that name it. */
  keepRepair(id: string, values: RepairValues): void {
    this.repairs.keep(id, values);
    this.groups.clear();
  }

  /** @param known of what goes into each input, by tensor */
  setInputs(of: InputNeed, known: ReadonlyMap<TensorId, Float32Array>): void {
    this.inputs.set(of, known);
    this.groups.clear();
  }

  /** @throws CheckpointError `unsupported-feature` where they are not known */
  inputsOf(of: InputNeed, tensor: TensorId, name: string): Float32Array {
    const known = this.inputs.get(of)?.get(tensor);
    if (known) return known;
    throw new CheckpointError('unsupported-feature', `The ${of} of the inputs of ${name} are not known.`, {
      tensor: name,
      advice: 'Run the model on calibration inputs first.',
    });
  }

  /** @param make called unless they were made for this key, and made well */
  outputScales(key: string, make: () => Promise<Factors>): Promise<Factors> {
    return getOrInsert(this.scales, key, () => {
      const made = make();
      made.catch(() => this.scales.delete(key));
      return made;
    });
  }

  groupScores(key: string): GroupScores | undefined {
    const known = this.groups.get(key);
    if (!known) return undefined;
    // Back to the end of the line: the first are forgotten first.
    this.groups.delete(key);
    this.groups.set(key, known);
    return known;
  }

  keepGroupScores(key: string, scores: GroupScores): void {
    this.groups.set(key, scores);
    let bytes = 0;
    for (const { scores: values } of this.groups.values()) bytes += values.byteLength;
    for (const [oldest, { scores: values }] of this.groups) {
      if (bytes <= cacheBytes) return;
      bytes -= values.byteLength;
      this.groups.delete(oldest);
    }
  }
}
