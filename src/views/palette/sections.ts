/** What the palette lists, in the order in which the arrow keys go through it. */
import { type Action, actionGroups } from '../../state/actions';
import { findActions, recentActions } from '../../state/actions/finding';
import { amountOffers, layerOffers, type Sample, sampleOffers } from '../../state/actions/offers';
import { actionsNow } from '../../state/actions/table';
import type { StudioState } from '../../state/studio';

export interface Section {
  /** Absent: found for what is typed, the best first. */
  readonly title?: string;
  readonly actions: readonly Action[];
}

/** Nothing typed: what was used last, and all that can be done now. Else what is found, and layers of that name. */
export function sectionsFor(typed: string, state: StudioState, samples: readonly Sample[]): readonly Section[] {
  const all = [...actionsNow(state), ...sampleOffers(samples)].filter(({ id }) => id !== 'palette');
  const sections = typed === '' ? grouped(all, state) : found(typed, all, state);
  return sections.filter(({ actions }) => actions.length > 0);
}

function grouped(all: readonly Action[], state: StudioState): readonly Section[] {
  const can = all.filter((action) => action.enabled(state));
  return [
    { title: 'Used last', actions: recentActions(can) },
    ...actionGroups.map((group) => ({ title: group, actions: can.filter((action) => action.group === group) })),
  ];
}

function found(typed: string, all: readonly Action[], state: StudioState): readonly Section[] {
  const offers = layerOffers(typed, state);
  return [
    { actions: [...amountOffers(typed), ...findActions(typed, all, state)] },
    { title: 'Layers', actions: offers },
  ];
}
