/** Common ways to prune the whole model. */
import { type Preset, presets } from '../../pruning/presets';
import { type Action, canEdit } from '../actions';
import { screen } from '../screen';
import type { StudioState } from '../studio';

const ofModel = { group: 'Presets', keys: [], enabled: canEdit, needs: 'an open checkpoint' } as const;

/** One click, one undo. */
export function applyToModel(preset: Preset, state: StudioState): void {
  state.applyPreset(preset);
  state.setEditScope('model');
}

export const gradual: Action = {
  ...ofModel,
  id: 'gradual',
  label: 'Gradual (cubic)…',
  about: 'A series of recipes for pruning while training: sparsity rises fast, then slowly (AGP).',
  run: () => screen.getState().show('gradual'),
};

export const payoff: Action = {
  ...ofModel,
  id: 'payoff',
  label: 'Where will this pay?',
  also: 'speed size hardware runtime',
  run: () => screen.getState().show('payoff'),
};

export const presetActions: readonly Action[] = [
  ...presets.map((preset) => ({
    ...ofModel,
    id: `preset:${preset.id}`,
    label: preset.title,
    about: preset.sentence,
    also: 'prune sparsity preset',
    run: (state: StudioState) => applyToModel(preset, state),
  })),
  gradual,
  payoff,
];
