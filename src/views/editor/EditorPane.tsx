import type { ReactNode } from 'react';
import { isOfSeveral, shownLayer } from '../../state/reach';
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

/** The shown layer: its weights, the threshold on them, and how it compares with the others. */
export function EditorPane({ panels, trail }: EditorPaneProps) {
  const checkpoint = useStudio((state) => state.checkpoint);
  const layer = useStudio(shownLayer);
  const isEvaluated = useStudio((state) => state.evaluation.inputs !== null);
  const isSeveral = useStudio(isOfSeveral);
  if (!checkpoint || !layer) return null;
  const { layers } = checkpoint;
  return (
    <div className={classes.pane} data-evaluated={isEvaluated}>
      <Hatches />
      {isSeveral ? <ScopeHeading layers={layers} /> : <LayerHeading layer={layer} layers={layers} />}
      <div className={classes.tabs}>
        <EditorTabs layer={layer} layers={layers} panels={panels} />
      </div>
      <div className={classes.charts}>
        <SparsityByLayer checkpoint={checkpoint} />
        {isEvaluated && trail}
      </div>
    </div>
  );
}
