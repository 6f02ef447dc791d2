import { useEffect, useRef } from 'react';
import { screen, useScreen } from '../../state/screen';
import { studio, useCheckpoint, useStudio } from '../../state/store';
import { ErrorBanner } from '../parts/errors/ErrorBanner';
import { DialogFrame } from '../parts/frames/DialogFrame';
import { ProgressReport } from '../parts/progress/ProgressReport';
import classes from './ExportDialog.module.css';
import { ExportForm } from './ExportForm';
import { VerifiedReport } from './VerifiedReport';

function close() {
  const { status, clearExportReport, dismissError } = studio.getState();
  // Esc and the cross cancel what is running first.
  if (status.kind === 'exporting') return;
  clearExportReport();
  dismissError();
  screen.getState().close();
}

/** Before, while and after the file is written. */
export function ExportDialog() {
  const isShown = useScreen((state) => state.dialog === 'export');
  const checkpoint = useStudio((state) => state.checkpoint);
  const isBusy = useStudio((state) => state.status.kind === 'exporting');
  return (
    <DialogFrame
      opened={isShown && checkpoint !== null}
      onClose={close}
      locked={isBusy}
      title="Export the pruned file"
      width={560}
    >
      {checkpoint && <Body />}
    </DialogFrame>
  );
}

function Body() {
  const checkpoint = useCheckpoint((open) => open);
  const status = useStudio((state) => state.status);
  const report = useStudio((state) => state.exportReport);
  const body = useRef<HTMLDivElement>(null);
  const phase = report ? 'verified' : status.kind;
  // The button that was pressed is gone in the next phase, and the focus with it.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the phase is what moves the focus
  useEffect(() => body.current?.querySelector<HTMLElement>('[data-autofocus]')?.focus(), [phase]);
  return (
    <div ref={body} className={classes.body}>
      {status.kind === 'error' && (
        <div className={classes.error}>
          <ErrorBanner error={status.error} onDismiss={studio.getState().dismissError} />
        </div>
      )}
      {report ? (
        <VerifiedReport report={report} checkpoint={checkpoint} onClose={close} />
      ) : (
        <ExportForm checkpoint={checkpoint} />
      )}
      {status.kind === 'exporting' && <ProgressReport progress={status.progress} starting="Settling exact amounts" />}
    </div>
  );
}
