/** The recipe as a command, on the clipboard. */
import { prunedName, suffixed } from '../engine/writing/fileName';
import { found } from '../lib/known';
import { roundsOf } from '../pruning/decide';
import type { Recipe } from '../pruning/recipe';
import { hasRepair, withoutStaleRepair } from '../pruning/repair';
import { scoresBy } from '../pruning/ruleLists';
import { commandLine } from '../reports/commandLine';
import type { StudioState } from './studio';

/** @returns what there is to be said of it, one or two sentences */
export async function copyCommand({ recipe, checkpoint, origin, reference }: StudioState): Promise<string> {
  const { fileName } = found(checkpoint, 'an open checkpoint');
  const inForce = withoutStaleRepair(recipe);
  const command = commandLine({
    recipe: inForce,
    fileNames: origin?.files.map(({ name }) => name) ?? [fileName],
    prunedName: prunedName(fileName),
    ...(scoresBy('reference', inForce) && { referenceName: reference?.fileName }),
    ...(hasRepair(inForce) && { repairName: suffixed(fileName, '-repair', '.safetensors') }),
  });
  await navigator.clipboard.writeText(command);
  return [`The command is on the clipboard, to be run where ${fileName} is.`, ...lacking(inForce)].join(' ');
}

/** What the command line does not have. */
function lacking(recipe: Recipe): string[] {
  const isOfInputs = scoresBy('norms', recipe) || scoresBy('moments', recipe);
  const isOfUnits = roundsOf(recipe).some((rules) =>
    rules.some(({ granularity, off }) => !off && granularity === 'unit'),
  );
  return [
    ...(isOfInputs ? ['It will be refused: the command line cannot be given what is known of inputs yet.'] : []),
    ...(isOfUnits ? ['It will be refused: the command line chooses no channels yet.'] : []),
    ...(hasRepair(recipe) ? ['Save the repaired weights beside it: Recipe, Save as a file.'] : []),
  ];
}
