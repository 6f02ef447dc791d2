/** What the screen shows, and how. */
import type { Action } from '../actions';
import { layerTree } from '../layerTree';
import { screen } from '../screen';
import type { StudioState } from '../studio';

const isOpen = ({ checkpoint }: StudioState) => checkpoint !== null;
const ofFile = { group: 'View', keys: [], enabled: isOpen, needs: 'an open checkpoint' } as const;

/** Keys of the groups of modules there are. */
function groupKeys({ checkpoint }: StudioState): string[] {
  return checkpoint ? layerTree(checkpoint).flatMap((node) => (node.kind === 'group' ? [node.key] : [])) : [];
}

const isGrouped = ({ groupBy }: StudioState) => groupBy === 'module';
const ofGroups = {
  ...ofFile,
  enabled: (state: StudioState) => isOpen(state) && isGrouped(state),
  needs: 'layers grouped by module',
};

export const groupActions = {
  byModule: {
    ...ofFile,
    id: 'groupByModule',
    label: 'Group by module',
    also: 'tree',
    isOn: isGrouped,
    run: (state) => state.setGroupBy(isGrouped(state) ? 'none' : 'module'),
  },
  open: {
    ...ofGroups,
    id: 'openGroups',
    label: 'Open all groups',
    run: (state) => state.setGroupsOpen(groupKeys(state), true),
  },
  close: {
    ...ofGroups,
    id: 'closeGroups',
    label: 'Close all groups',
    run: (state) => state.setGroupsOpen(groupKeys(state), false),
  },
} satisfies Readonly<Record<string, Action>>;

/** In the order of the editor's tabs. */
const tabs = ['Distribution', 'Heat map', 'Sensitivity', 'Curve', 'Drift', 'Channels'];

export const viewActions: readonly Action[] = [
  ...Object.values(groupActions),
  {
    ...ofFile,
    id: 'unfold',
    label: 'Show biases, norms and buffers that are off',
    also: 'fold hidden rows',
    isOn: ({ unfolded }) => unfolded,
    run: ({ unfolded, setUnfolded }) => setUnfolded(!unfolded),
  },
  ...tabs.map((title) => ({
    ...ofFile,
    id: `tab:${title}`,
    label: `Show in the editor: ${title}`,
    isOn: () => screen.getState().editorTab === title,
    run: () => screen.getState().showTab(title),
  })),
];

export const helpActions: readonly Action[] = [
  {
    id: 'colours',
    label: 'Switch between light and dark colours',
    group: 'Page',
    keys: [],
    also: 'colors theme mode night',
    enabled: () => true,
    run: () => screen.getState().switchColours(),
  },
  ...(['files', 'recipes'] as const).map((topic) => ({
    id: `help:${topic}`,
    label: topic === 'files' ? 'Help: files that can be opened' : 'Help: how a recipe is written',
    group: 'Page' as const,
    keys: [],
    enabled: () => true,
    run: () => screen.getState().showHelp(topic),
  })),
];
