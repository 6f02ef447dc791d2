/** Dialogs that need no evaluation. */
import { ExportDialog } from './export/ExportDialog';
import { GradualDialog } from './presets/GradualDialog';
import { HelpDialog } from './shell/HelpDialog';
import { LeaveDialog } from './shell/LeaveDialog';

export function Dialogs() {
  return (
    <>
      <ExportDialog />
      <HelpDialog />
      <LeaveDialog />
      <GradualDialog />
    </>
  );
}
