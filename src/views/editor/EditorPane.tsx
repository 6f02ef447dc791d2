import { useStudio } from '../../state/store';
import { QualityCard } from '../evaluation/trail/QualityCard';
import classes from './EditorPane.module.css';
import { EditorTabs } from './EditorTabs';
import { Hatches } from './Hatches';
import { DistributionCard } from './histogram/DistributionCard';
import { LayerHeading } from './LayerHeading';
import { SparsityByLayer } from './layerChart/SparsityByLayer';

/** The shown layer: its weights, the threshold on them, and how it compares with the others. */
export function EditorPane() {
  const layers = useStudio((state) => state.checkpoint?.layers);
  const shown = useStudio((state) => state.selection.at(-1));
  const isEvaluated = useStudio((state) => state.evaluation.inputs !== null);
  const layer = shown === undefined ? undefined : layers?.[shown];
  if (!layers || !layer) return null;
  return (
    <div className={classes.pane} data-evaluated={isEvaluated}>
      <Hatches />
      <LayerHeading layer={layer} layers={layers} />
      <EditorTabs layer={layer} layers={layers} distribution={<DistributionCard layer={layer} layers={layers} />} />
      <div className={classes.charts}>
        <SparsityByLayer layers={layers} />
        {isEvaluated && <QualityCard />}
      </div>
    </div>
  );
}
