/** A second checkpoint beside the open one: compared as a whole, and looked at tensor by tensor. */
import type { Part } from '../../lib/parts';
import type { ByteSource } from '../../lib/source';
import type { Comparison } from '../../tensors/comparison/comparison';
import type { CallContext } from '../callContext';
import { compare } from '../compare/compare';
import { type PairOf, type PairPart, readableOf } from '../compare/pairSource';
import type { PairPictureRequest, PairStatistics } from '../compare/pairStatistics';
import { readSide, type Side, sideOfSession } from '../compare/side';
import { measure } from '../passes/measure';
import type { Preview } from '../pictures/picture';
import { tensorPicture } from '../pictures/preview';
import type { Session } from '../session';

/** What a file that is compared is kept as. */
export interface Other {
  readonly side: Side;
  letGo(): Promise<void>;
}

export async function openOther(source: ByteSource, parts: readonly Part[], letGo: Other['letGo']): Promise<Other> {
  try {
    return { side: await readSide(source, parts), letGo };
  } catch (error) {
    await letGo();
    throw error;
  }
}

export function compareWith(session: Session, { side }: Other, context: CallContext): Promise<Comparison> {
  return compare(sideOfSession(session), side, context);
}

/** One pass over each, and one over both. */
export async function measurePair(
  session: Session,
  { side }: Other,
  pair: PairOf,
  context: CallContext,
): Promise<PairStatistics> {
  const { kernels } = session.measurable;
  const first = sideOfSession(session);
  const of = async (part: PairPart) => {
    const found = await readableOf(first, side, pair, part, context.signal);
    if (!found) return undefined;
    const { source, byteOrder, unit } = found;
    return (await measure({ source, checkpoint: { byteOrder }, kernels }, [unit], context)).get(unit.tensor);
  };
  const [before, after, difference] = [await of('before'), await of('after'), await of('difference')];
  return { ...(before && { before }), ...(after && { after }), ...(difference && { difference }) };
}

/** @returns undefined where there is nothing to draw */
export async function pairPicture(
  session: Session,
  { side }: Other,
  { pair, part, ...request }: PairPictureRequest,
  context: CallContext,
): Promise<Preview | undefined> {
  const found = await readableOf(sideOfSession(session), side, pair, part, context.signal);
  return found && tensorPicture({ ...found, kernels: session.measurable.kernels }, request, context);
}
