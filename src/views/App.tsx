/** The whole screen: header, what went wrong or is under way, and either the start page or the studio. */
import './theme/mantine';
import './theme/tokens.css';
import './theme/touch.css';
import { localStorageColorSchemeManager, MantineProvider } from '@mantine/core';
import { remembered } from '../state/remembered';
import { useScreen } from '../state/screen';
import { studio, useStudio } from '../state/store';
import classes from './App.module.css';
import { ErrorBanner } from './parts/errors/ErrorBanner';
import { SplitPanes } from './parts/frames/SplitPanes';
import { Later } from './parts/later/Later';
import { later } from './parts/later/laterPart';
import { useSlowOpening } from './parts/progress/OpeningReport';
import { Announcements } from './shell/Announcements';
import { FileInput } from './shell/FileInput';
import { Header } from './shell/Header';
import { useActionKeys } from './shell/useActionKeys';
import { useDocumentTitle } from './shell/useDocumentTitle';
import { useLeaveGuard } from './shell/useLeaveGuard';
import { useNotices } from './shell/useNotices';
import { usePaste } from './shell/usePaste';
import { useRecipeLink } from './shell/useRecipeLink';
import { WindowDrop } from './shell/WindowDrop';
import { StartPage } from './start/StartPage';
import { palettes, theme } from './theme/theme';

const recent = later(() => import('./start/Recent').then(({ Recent }) => Recent));
// In the order in which they are fetched: what comes first is needed as soon as a file is open.
const panes = later(() => import('./Panes').then(({ Panes }) => Panes));
const openingPanes = later(() => import('./OpeningPanes').then(({ OpeningPanes }) => OpeningPanes));
const menus = later(() => import('./Menus').then(({ Menus }) => Menus));
const dialogs = later(() => import('./Dialogs').then(({ Dialogs }) => Dialogs));
const evaluationDialogs = later(() =>
  import('./evaluation/EvaluationDialogs').then(({ EvaluationDialogs }) => EvaluationDialogs),
);
const toasts = later(() => import('./Toasts').then(({ Toasts }) => Toasts));

/** Whether files of an earlier visit may be there, which the start page does not wait to be idle for then. */
const mayHaveRecent = remembered('secateur-visited') !== undefined;

const colorSchemes = localStorageColorSchemeManager({ key: 'secateur-color-scheme' });

export function App() {
  return (
    <MantineProvider
      theme={theme}
      cssVariablesResolver={palettes}
      defaultColorScheme="auto"
      colorSchemeManager={colorSchemes}
    >
      <Screen />
    </MantineProvider>
  );
}

function Screen() {
  useActionKeys();
  useDocumentTitle();
  useLeaveGuard();
  useNotices();
  usePaste();
  useRecipeLink();
  const status = useStudio((state) => state.status);
  const isOpen = useStudio((state) => state.checkpoint !== null);
  // A dialog of evaluation opens itself, once there is a graph.
  const hasGraph = useStudio(({ evaluation }) => evaluation.graph !== null);
  const isAsked = useScreen(({ dialog }) => dialog !== null);
  const exportIsShown = useScreen(({ dialog }) => dialog === 'export');
  return (
    <div className={classes.screen}>
      <Header menus={<Later part={menus} with={{}} />} />
      <main className={classes.main} data-status={status.kind}>
        {status.kind === 'error' && !exportIsShown && (
          <ErrorBanner error={status.error} onDismiss={studio.getState().dismissError} />
        )}
        {isOpen ? (
          <Later part={panes} with={{}} meanwhile={<SplitPanes layers={null} editor={null} isBusy />} />
        ) : (
          <Beginning />
        )}
      </main>
      <Later part={dialogs} with={{}} isWanted={isAsked} />
      <Later part={evaluationDialogs} with={{}} isWanted={isAsked || hasGraph} />
      <Later part={toasts} with={{}} isWanted={false} />
      <FileInput />
      <WindowDrop />
      <Announcements />
    </div>
  );
}

/** Until a checkpoint is open: what is known of the one that is being opened, where that takes a while. */
function Beginning() {
  const isSlow = useSlowOpening();
  const structure = useStudio(({ status }) => (status.kind === 'opening' ? status.structure : undefined));
  const isAwaited = useStudio(({ awaited }) => awaited !== null);
  const ofLast = (part: 'work' | 'files') => (
    <Later part={recent} with={{ part }} isWanted={mayHaveRecent || isAwaited} />
  );
  const start = <StartPage left={ofLast('work')} recent={ofLast('files')} />;
  return isSlow && structure ? <Later part={openingPanes} with={{ structure }} meanwhile={start} /> : start;
}
