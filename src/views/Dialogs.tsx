/** Dialogs that need no evaluation. */
import { CompareDialog } from './compare/CompareDialog';
import { ExportDialog } from './export/ExportDialog';
import { PaletteDialog } from './palette/PaletteDialog';
import { PayoffDialog } from './payoff/PayoffDialog';
import { GradualDialog } from './presets/GradualDialog';
import { RecipeDialog } from './recipe/RecipeDialog';
import { AnotherDialog } from './shell/AnotherDialog';
import { HelpDialog } from './shell/HelpDialog';
import { LeaveDialog } from './shell/LeaveDialog';
import { SlimDialog } from './slim/SlimDialog';
import { UnderstandDialog } from './understand/UnderstandDialog';

export function Dialogs() {
  return (
    <>
      <PaletteDialog />
      <ExportDialog />
      <AnotherDialog />
      <HelpDialog />
      <LeaveDialog />
      <GradualDialog />
      <RecipeDialog />
      <SlimDialog />
      <PayoffDialog />
      <CompareDialog />
      <UnderstandDialog />
    </>
  );
}
