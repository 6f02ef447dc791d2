/** The charts and tables that are on the screen, as files. */
import type { Action, ActionList } from '../actions';
import { type Takeable, type TakenAs, takeables } from '../takeables';

/** @param place among all: two charts may have one title */
export function takeAction(takeable: Takeable, as: TakenAs, place = 0): Action {
  return {
    id: `take:${as}:${place}:${takeable.title}`,
    label: `Download ${as}: ${takeable.title}`,
    group: 'View',
    keys: [],
    also: 'save export chart figure picture image table',
    enabled: () => true,
    run: () => takeable.take(as),
  };
}

export const takeActions: ActionList = () =>
  takeables.getState().all.flatMap((takeable, place) => takeable.kinds.map((as) => takeAction(takeable, as, place)));
