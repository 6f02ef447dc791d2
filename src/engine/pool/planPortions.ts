/** Cuts a pass over weights into portions that workers take one by one. */
import { at, last } from '../../lib/known';
import type { Piece, Unit } from '../reading/units';

/** What one worker reads in one go: several units that follow each other in the file, or a run of one large unit. */
export interface Portion {
  /** A run of a unit is a unit itself: the same tensor, fewer bytes. */
  readonly units: readonly Unit[];
  readonly byteLength: number;
}

/** Runs begin at multiples of this from their tensor's start: whole elements of every dtype. */
const cutAlignment = 8;

/**
 * Dense units in one piece are cut into equal runs of at most `portionBytes`; others stay whole, however large, and those that overlap
 * each other together: their bytes are read once.
 * @param portionBytes a multiple of 8
 * @returns portions in file order, the runs of a unit in order of its elements
 */
export function planPortions(units: readonly Unit[], portionBytes: number): Portion[] {
  const portions: Portion[] = [];
  let together: Unit[] = [];
  let bytes = 0;
  const close = () => {
    if (together.length > 0) portions.push({ units: together, byteLength: bytes });
    together = [];
    bytes = 0;
  };
  for (const group of overlapping(units)) {
    const byteLength = group.reduce((sum, unit) => sum + unit.byteLength, 0);
    if (bytes + byteLength > portionBytes) close();
    if (byteLength > portionBytes && group.length === 1 && canBeCut(at(group, 0))) {
      for (const run of runsOf(at(group, 0), portionBytes)) portions.push({ units: [run], byteLength: run.byteLength });
    } else {
      together.push(...group);
      bytes += byteLength;
    }
  }
  close();
  return portions;
}

/** Units in file order: those that reach over one place in one group, nearly always a single one. */
function overlapping(units: readonly Unit[]): Unit[][] {
  const groups: Unit[][] = [];
  let end = 0;
  for (const unit of [...units].sort((a, b) => startOf(a) - startOf(b))) {
    if (groups.length > 0 && startOf(unit) < end) last(groups).push(unit);
    else groups.push([unit]);
    end = Math.max(end, unit.pieces[0]?.end ?? 0);
  }
  return groups;
}

function startOf({ pieces }: Unit): number {
  return pieces[0]?.start ?? 0;
}

function canBeCut({ axes, pieces }: Unit): boolean {
  return axes === undefined && pieces.length === 1;
}

function* runsOf(unit: Unit, portionBytes: number): Generator<Unit> {
  const { start, end } = at(unit.pieces, 0);
  const runs = Math.ceil(unit.byteLength / portionBytes);
  const runBytes = Math.ceil(unit.byteLength / runs / cutAlignment) * cutAlignment;
  for (let from = start; from < end; from += runBytes) {
    const to = Math.min(end, from + runBytes);
    const pieces: Piece[] = [];
    const run: Unit = { ...unit, pieces, byteLength: to - from };
    pieces.push({ unit: run, start: from, end: to });
    yield run;
  }
}
