/** The studio: what all of the checkpoint comes to, its layers, and the one that is shown. */
import classes from './App.module.css';
import { EditorPane } from './editor/EditorPane';
import type { EditorPanels } from './editor/EditorTabs';
import { DriftPanel } from './evaluation/drift/DriftPanel';
import { Quality } from './evaluation/quality/Quality';
import { CurvePanel } from './evaluation/sensitivity/CurvePanel';
import { SensitivityPanel } from './evaluation/sensitivity/SensitivityPanel';
import { QualityCard } from './evaluation/trail/QualityCard';
import { LayersPane } from './layers/LayersPane';
import { MethodPanel } from './method/MethodPanel';
import { OutcomeStrip } from './outcome/OutcomeStrip';
import { CrashBoundary } from './parts/errors/CrashBoundary';
import { OpeningCard } from './progress/OpeningCard';
import { PassCard } from './progress/PassCard';

/** What other areas show in the editor. */
const panels: EditorPanels = {
  method: <MethodPanel />,
  tabs: [
    { title: 'Sensitivity', panel: <SensitivityPanel /> },
    { title: 'Curve', panel: <CurvePanel /> },
    { title: 'Drift', panel: <DriftPanel /> },
  ],
};

export function Panes() {
  return (
    <>
      <OpeningCard />
      <PassCard />
      <OutcomeStrip quality={<Quality />} />
      <div className={classes.panes}>
        <section className={classes.layers} aria-label="Checkpoint">
          <CrashBoundary>
            <LayersPane />
          </CrashBoundary>
        </section>
        <section className={classes.editor} aria-label="Editor">
          <CrashBoundary>
            <EditorPane panels={panels} trail={<QualityCard />} />
          </CrashBoundary>
        </section>
      </div>
    </>
  );
}
