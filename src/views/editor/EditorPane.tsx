import type { ReactNode } from 'react';
import { useShallow } from 'zustand/react/shallow';
import type { Layer } from '../../state/checkpointSlice';
import { layersReached, shownLayer } from '../../state/reach';
import { useStudio } from '../../state/store';
import { Hatches } from '../charts/Hatches';
import classes from './EditorPane.module.css';
import { type EditorPanels, EditorTabs } from './EditorTabs';
import { LayerHeading } from './LayerHeading';
import { SparsityByLayer } from './layerChart/SparsityByLayer';
import { ScopeHeading } from './ScopeHeading';

interface EditorPaneProps {
  readonly panels: EditorPanels;
  /** Beside the chart of layers, once the model is evaluated. */
  readonly trail: ReactNode;
}

/** What is edited: its weights, the threshold on them, and how it compares with the others. */
export function EditorPane({ panels, trail }: EditorPaneProps) {
  const checkpoint = useStudio((state) => state.checkpoint);
  const layer = useStudio(shownLayer);
  const isEvaluated = useStudio((state) => state.evaluation.inputs !== null);
  if (!checkpoint || !layer) return null;
  const { layers } = checkpoint;
  return (
    <div className={classes.pane} data-evaluated={isEvaluated}>
      <Hatches />
      <Heading layer={layer} layers={layers} />
      <EditorTabs layer={layer} layers={layers} panels={panels} />
      <div className={classes.charts}>
        <SparsityByLayer checkpoint={checkpoint} />
        {isEvaluated && trail}
      </div>
    </div>
  );
}

/** Of all that an edit reaches: one layer, or several together. */
function Heading({ layer, layers }: { readonly layer: Layer; readonly layers: readonly Layer[] }) {
  const scope = useStudio((state) => state.editScope);
  const reached = useStudio(useShallow(layersReached));
  if (scope === 'layer') return <LayerHeading layer={layer} layers={layers} />;
  return <ScopeHeading scope={scope} layers={reached} />;
}
