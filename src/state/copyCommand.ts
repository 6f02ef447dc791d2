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
export async function copyCommand({ recipe, checkpoint, origin }: StudioState): Promise<string> {
  const { fileName } = found(checkpoint, 'an open checkpoint');
  const inForce = withoutStaleRepair(recipe);
  const command = commandLine({
    recipe: inForce,
    fileNames: origin?.files.map(({ name }) => name) ?? [fileName],
    prunedName: prunedName(fileName),
    ...(hasRepair(inForce) && { repairName: suffixed(fileName, '-repair', '.safetensors') }),
  });
  await navigator.clipboard.writeText(command);
  return [`The command is on the clipboard, to be run where ${fileName} is.`, ...lacking(inForce)].join(' ');
}

/** What the command line does not have. */
function lacking(recipe: Recipe): string[] {
  const needs = [
    ...(scoresBy('norms', recipe) || scoresBy('moments', recipe) ? ['what is known of inputs'] : []),
    ...(scoresBy('reference', recipe) ? ['the reference'] : []),
  ];
  const isOfUnits = roundsOf(recipe).some((rules) =>
    rules.some(({ granularity, off }) => !off && granularity === 'unit'),
  );
  return [
    ...(needs.length > 0 ? [`It will be refused: the command line cannot be given ${needs.join(' and ')} yet.`] : []),
    ...(isOfUnits ? ['It will be refused: the command line chooses no channels yet.'] : []),
    ...(hasRepair(recipe) ? ['Save the repaired weights beside it: Recipe, Save as a file.'] : []),
  ];
}
