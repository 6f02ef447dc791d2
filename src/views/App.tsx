/** The whole screen: header, what went wrong or is under way, and either the start page or the studio. */
import '@mantine/core/styles.layer.css';
import '@mantine/notifications/styles.layer.css';
import './theme/tokens.css';
import { localStorageColorSchemeManager, MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { useScreen } from '../state/screen';
import { studio, useStudio } from '../state/store';
import classes from './App.module.css';
import { EditorPane } from './editor/EditorPane';
import type { EditorPanels } from './editor/EditorTabs';
import { DriftPanel } from './evaluation/drift/DriftPanel';
import { EvaluationDialogs } from './evaluation/EvaluationDialogs';
import { Quality } from './evaluation/quality/Quality';
import { CurvePanel } from './evaluation/sensitivity/CurvePanel';
import { SensitivityPanel } from './evaluation/sensitivity/SensitivityPanel';
import { QualityCard } from './evaluation/trail/QualityCard';
import { ExportDialog } from './export/ExportDialog';
import { LayersPane } from './layers/LayersPane';
import { MethodPanel } from './method/MethodPanel';
import { OutcomeStrip } from './outcome/OutcomeStrip';
import { CrashBoundary } from './parts/errors/CrashBoundary';
import { ErrorBanner } from './parts/errors/ErrorBanner';
import { GradualDialog } from './presets/GradualDialog';
import { PresetsMenu } from './presets/PresetsMenu';
import { OpeningCard } from './progress/OpeningCard';
import { PassCard } from './progress/PassCard';
import { Announcements } from './shell/Announcements';
import { FileInput } from './shell/FileInput';
import { Header } from './shell/Header';
import { HelpDialog } from './shell/HelpDialog';
import { useActionKeys } from './shell/useActionKeys';
import { useDocumentTitle } from './shell/useDocumentTitle';
import { useLeaveGuard } from './shell/useLeaveGuard';
import { useNormsNotice } from './shell/useNormsNotice';
import { WindowDrop } from './shell/WindowDrop';
import { StartPage } from './start/StartPage';
import { palettes, theme } from './theme/theme';

const colorSchemes = localStorageColorSchemeManager({ key: 'secateur-color-scheme' });

export function App() {
  return (
    <MantineProvider
      theme={theme}
      cssVariablesResolver={palettes}
      defaultColorScheme="auto"
      colorSchemeManager={colorSchemes}
    >
      <Notifications position="bottom-center" limit={3} />
      <Screen />
    </MantineProvider>
  );
}

function Screen() {
  useActionKeys();
  useDocumentTitle();
  useLeaveGuard();
  useNormsNotice();
  const status = useStudio((state) => state.status);
  const isOpen = useStudio((state) => state.checkpoint !== null);
  const exportIsShown = useScreen((state) => state.dialog === 'export');
  return (
    <div className={classes.screen}>
      <Header presets={<PresetsMenu />} />
      <main className={classes.main} data-status={status.kind}>
        {status.kind === 'error' && !exportIsShown && (
          <ErrorBanner error={status.error} onDismiss={studio.getState().dismissError} />
        )}
        {isOpen ? <Panes /> : <StartPage />}
      </main>
      <ExportDialog />
      <HelpDialog />
      <EvaluationDialogs />
      <GradualDialog />
      <FileInput />
      <WindowDrop />
      <Announcements />
    </div>
  );
}

/** What other areas show in the editor. */
const panels: EditorPanels = {
  method: <MethodPanel />,
  sensitivity: <SensitivityPanel />,
  curve: <CurvePanel />,
  drift: <DriftPanel />,
};

function Panes() {
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
