/** The model, run: its inputs, figures, and the searches over them. */
import type { Action, ActionList } from '../actions';
import { isBusy } from '../evaluationState';
import { metrics } from '../metrics';
import { type Dialog, screen } from '../screen';
import type { StudioState } from '../studio';

const hasGraph = ({ evaluation }: StudioState) => evaluation.graph !== null;
const hasInputs = ({ evaluation }: StudioState) => evaluation.inputs !== null;
const canRun = (state: StudioState) =>
  hasInputs(state) && state.evaluation.pairingConfirmed && !isBusy(state.evaluation);

const ofGraph = { group: 'Quality', keys: [], enabled: hasGraph, needs: 'evaluation' } as const;
const ofInputs = { ...ofGraph, enabled: hasInputs, needs: 'evaluation on inputs' } as const;
const ofRun = { ...ofInputs, enabled: canRun } as const;

function dialog(base: Pick<Action, 'group' | 'keys' | 'enabled' | 'needs'>, name: Dialog, label: string): Action {
  return { ...base, id: name, label, run: () => screen.getState().show(name) };
}

export const qualityActions = {
  /** At once where the open checkpoint is a graph; else a dialog asks for the graph that was exported from it. */
  evaluate: {
    ...ofGraph,
    id: 'evaluate',
    label: 'Evaluate the model…',
    also: 'quality accuracy onnx graph run',
    enabled: (state) => state.checkpoint !== null && !hasGraph(state),
    needs: 'an open checkpoint that is not evaluated yet',
    run: (state) => {
      if (state.canEvaluateCheckpoint()) return state.evaluateCheckpoint();
      screen.getState().show('graph');
    },
  },
  inputs: { ...dialog(ofGraph, 'inputs', 'Change inputs…'), also: 'data images arrays tokens' },
  pairing: dialog(ofGraph, 'pairing', 'Show the pairing…'),
  now: { ...ofRun, id: 'evaluateNow', label: 'Evaluate now', run: ({ evaluateNow }) => evaluateNow() },
  live: {
    ...ofInputs,
    id: 'evaluateLive',
    label: 'Evaluate after every change',
    isOn: ({ evaluation }) => evaluation.live,
    run: ({ evaluation, setLive }) => setLive(!evaluation.live),
  },
  figures: { ...dialog(ofInputs, 'figures', 'All figures…'), also: 'classes metrics' },
  tune: { ...dialog(ofInputs, 'tune', 'Auto-tune…'), also: 'search' },
  sensitivity: {
    ...ofRun,
    id: 'measureSensitivity',
    label: 'Measure sensitivity',
    run: ({ measureSensitivity }) => {
      screen.getState().showTab('Sensitivity');
      return measureSensitivity();
    },
  },
  drift: {
    ...ofRun,
    id: 'measureDrift',
    label: 'Measure the drift of layers',
    run: ({ measureLayerDrift }) => {
      screen.getState().showTab('Drift');
      return measureLayerDrift();
    },
  },
  clearTrail: {
    ...ofInputs,
    id: 'clearTrail',
    label: 'Clear the chart of quality against sparsity',
    run: ({ clearTrail }) => clearTrail(),
  },
  stop: {
    ...ofGraph,
    id: 'cancelEvaluation',
    label: 'Stop evaluating',
    also: 'cancel',
    enabled: ({ evaluation }) => isBusy(evaluation),
    needs: 'an evaluation that runs',
    run: ({ cancelEvaluation }) => cancelEvaluation(),
  },
  off: {
    ...ofGraph,
    id: 'closeEvaluation',
    label: 'Turn evaluation off',
    run: ({ closeEvaluation }) => closeEvaluation(),
  },
} satisfies Readonly<Record<string, Action>>;

/** Of what there is to measure by. */
export const metricActions: ActionList = ({ evaluation }) =>
  evaluation.metrics.map((id) => ({
    ...ofInputs,
    id: `metric:${id}`,
    label: `Quality by ${metrics[id].label}`,
    about: metrics[id].help,
    isOn: (state) => state.evaluation.metric === id,
    run: ({ setMetric }) => setMetric(id),
  }));
