/** Kept work as the state of what is open: all of it, or nothing where its recipe cannot apply. */
import type { StoreApi } from 'zustand/vanilla';
import { isEqual } from '../../lib/equal';
import { CheckpointError } from '../../lib/errors';
import { formatPercent, formatQuantity } from '../../lib/numbers';
import { needsChannels } from '../channelsSlice';
import { screen } from '../screen';
import type { StudioState } from '../studio';
import { readWork, type Work, workVersion } from './document';
import { inputsInWords } from './keptInputs';

/**
 * @param document as it lay on the shelf
 * @param take makes it the work at hand, once it is known to apply @returns whether that is a copy
 * @returns whether it was restored; where not, the status says why
 */
export async function restoreWork(
  studio: StoreApi<StudioState>,
  document: unknown,
  take: () => Promise<boolean>,
): Promise<boolean> {
  const { showError } = studio.getState();
  const read = readWork(document);
  if (read.kind === 'newer') {
    const found = `It is of version ${read.version}, and this Secateur knows ${workVersion}`;
    showError(
      new CheckpointError('unsupported-feature', `The kept work was written by a newer Secateur. ${found}.`, {
        advice: 'It stays where it is: reload the page to get the newer Secateur, then restore it.',
      }),
    );
    return false;
  }
  if (read.kind === 'damaged') {
    showError(
      new CheckpointError('malformed-file', 'The kept work cannot be read, so nothing was changed.', {
        advice: 'Forget it, or go on from a recipe that was saved as a file.',
      }),
    );
    return false;
  }
  const { work } = read;
  const { present } = work.history;
  if (needsChannels(present.recipe) && !studio.getState().channels) await studio.getState().findChannels();
  studio.getState().restoreHistory(work.history);
  if (studio.getState().history.present.recipe !== present.recipe) return false;
  const isCopy = await take();
  showAgain(studio, work);
  const missing = runAgain(studio, work);
  studio.getState().say(restoredInWords(work, studio.getState(), isCopy, missing));
  return true;
}

function showAgain(studio: StoreApi<StudioState>, { snapshots, pinned, selection, view }: Work): void {
  const { layers = [] } = studio.getState().checkpoint ?? {};
  const chosen = selection.filter((id) => layers[id] !== undefined);
  const { editScope, filter, unfolded, openGroups, tab } = view;
  studio.getState().restoreSnapshots(snapshots, pinned);
  studio.setState({
    editScope,
    filter,
    unfolded,
    openGroups: new Set(openGroups),
    ...(chosen.length > 0 && { selection: chosen }),
  });
  screen.getState().showTab(tab);
}

function restoredInWords(
  { history, snapshots }: Work,
  { outcome }: StudioState,
  isCopy: boolean,
  missing: string,
): string {
  const parts = [
    formatQuantity(history.past.length, 'change'),
    ...(snapshots.length > 0 ? [formatQuantity(snapshots.length, 'snapshot')] : []),
    `${formatPercent(outcome.sparsity)} sparse`,
  ];
  const said = [
    `Restored: ${parts.join(', ')}.`,
    isCopy ? 'It is a copy: the other tab goes on with its own.' : '',
    missing,
  ];
  return said.filter((each) => each !== '').join(' ');
}

/** Runs the model on what it was run on, as far as that needs no file. @returns what a person has to give once more, in words */
function runAgain(studio: StoreApi<StudioState>, { inputs }: Work): string {
  const { evaluation, origin, canEvaluateCheckpoint, evaluateCheckpoint } = studio.getState();
  if (!inputs || evaluation.graph) return '';
  const needsFiles = inputs.source === undefined && !(inputs.isOfSample && origin?.sample);
  if (inputs.graph !== undefined || needsFiles || !canEvaluateCheckpoint()) return inputsInWords(inputs);
  void evaluateCheckpoint().then(async () => {
    const { evaluation: now, setInputs, say } = studio.getState();
    if (inputs.source && now.source && !isEqual(now.source, inputs.source)) await setInputs(inputs.source);
    else if (now.inputs && now.inputs.title !== inputs.title) say(inputsInWords(inputs));
  });
  return '';
}
