/** The studio: what all of the checkpoint comes to, its layers, and the one that is shown. */
import { EditorPane } from './editor/EditorPane';
import type { EditorPanels } from './editor/EditorTabs';
import { DriftPanel } from './evaluation/drift/DriftPanel';
import { Quality } from './evaluation/quality/Quality';
import { Repair } from './evaluation/repair/Repair';
import { CurvePanel } from './evaluation/sensitivity/CurvePanel';
import { SensitivityPanel } from './evaluation/sensitivity/SensitivityPanel';
import { QualityCard } from './evaluation/trail/QualityCard';
import { FlipBanner } from './history/FlipBanner';
import { HistoryPanel } from './history/HistoryPanel';
import { LayersPane } from './layers/LayersPane';
import { MethodPanel } from './method/MethodPanel';
import { OutcomeStrip } from './outcome/OutcomeStrip';
import { CrashBoundary } from './parts/errors/CrashBoundary';
import { SplitPanes } from './parts/frames/SplitPanes';
import { OpeningCard } from './progress/OpeningCard';
import { PassCard } from './progress/PassCard';
import { ChannelsPanel } from './slim/ChannelsPanel';
import { Slim } from './slim/Slim';
import { KeptWork } from './work/KeptWork';

/** What other areas show in the editor. */
const panels: EditorPanels = {
  method: <MethodPanel />,
  tabs: [
    { title: 'Sensitivity', panel: <SensitivityPanel /> },
    { title: 'Curve', panel: <CurvePanel /> },
    { title: 'Drift', panel: <DriftPanel /> },
    { title: 'Channels', panel: <ChannelsPanel /> },
    { title: 'History', panel: <HistoryPanel /> },
  ],
};

export function Panes() {
  return (
    <>
      <KeptWork />
      <OpeningCard />
      <PassCard />
      <FlipBanner />
      <OutcomeStrip quality={<Quality />} />
      <Repair />
      <Slim />
      <SplitPanes
        layers={
          <CrashBoundary>
            <LayersPane />
          </CrashBoundary>
        }
        editor={
          <CrashBoundary>
            <EditorPane panels={panels} trail={<QualityCard />} />
          </CrashBoundary>
        }
      />
    </>
  );
}
