/** Repair and slim. */
import type { Action } from '../actions';
import { calibrationInUse } from '../repairState';
import { screen } from '../screen';
import { slimInForce } from '../slimState';
import type { StudioState } from '../studio';

/** Whether nothing else has the runtime. */
function isFree({ evaluation, repair, slim }: StudioState): boolean {
  const { kind } = evaluation.status;
  return (
    kind !== 'loading' && kind !== 'searching' && repair.status.kind !== 'repairing' && slim.status.kind !== 'slimming'
  );
}

const ofInputs = {
  group: 'Repair and slim',
  keys: [],
  enabled: (state: StudioState) => state.evaluation.inputs !== null,
  needs: 'evaluation on inputs',
} as const;
const ofReport = {
  ...ofInputs,
  enabled: ({ repair }: StudioState) => repair.report !== null && repair.isFresh,
  needs: 'a repair of this recipe',
} as const;
const ofSlim = {
  ...ofInputs,
  enabled: ({ slim }: StudioState) => slimInForce(slim) !== undefined,
  needs: 'a slim model of this recipe',
} as const;

export const repairActions: readonly Action[] = [
  {
    ...ofInputs,
    id: 'repairNow',
    label: 'Repair',
    about: 'Fits the weights that stay anew, so that the model computes what it did.',
    enabled: (state) => ofInputs.enabled(state) && isFree(state) && calibrationInUse(state.repair) !== null,
    needs: 'evaluation on inputs that it can be fitted to',
    run: ({ repairNow }) => repairNow(),
  },
  {
    ...ofReport,
    id: 'repaired',
    label: 'Show and export the model repaired',
    isOn: ({ repair }) => repair.on && repair.isFresh,
    run: ({ repair, setRepaired }) => setRepaired(!repair.on),
  },
  { ...ofReport, id: 'repair', label: 'What the repair changed…', run: () => screen.getState().show('repair') },
  { ...ofReport, id: 'saveRepair', label: 'Download the repaired weights', run: ({ saveRepair }) => saveRepair() },
  { ...ofInputs, id: 'rounds', label: 'Prune and repair in rounds…', run: () => screen.getState().show('rounds') },
  {
    ...ofInputs,
    id: 'slimNow',
    label: 'Slim',
    about: 'Removes whole channels: a smaller model.',
    enabled: (state) =>
      isFree(state) &&
      (state.checkpoint?.can.graph === true || (state.evaluation.graph !== null && state.evaluation.pairingConfirmed)),
    needs: 'the graph',
    run: ({ slimNow }) => slimNow(),
  },
  { ...ofSlim, id: 'slim', label: 'What slim changed…', run: () => screen.getState().show('slim') },
  { ...ofSlim, id: 'downloadSlim', label: 'Download the slim model', run: ({ downloadSlim }) => downloadSlim() },
];
