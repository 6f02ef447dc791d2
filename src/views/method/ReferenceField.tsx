import { Button } from '@mantine/core';
import { formatInteger, formatQuantity } from '../../lib/numbers';
import type { ReferenceReport } from '../../state/checkpointSlice';
import { studio, useStudio } from '../../state/store';
import classes from './MethodPanel.module.css';

/** The earlier checkpoint that an increase is counted from. @param onOpened called once there is one */
export function ReferenceField({ onOpened }: { readonly onOpened: () => void }) {
  const reference = useStudio((state) => state.reference);
  const names = useStudio((state) => state.checkpoint!.layers);
  const choose = async () => {
    const file = await chooseFile();
    if (!file) return;
    const before = studio.getState().reference;
    await studio.getState().openReference(file);
    const { reference: opened } = studio.getState();
    if (opened && opened !== before && opened.matched.length > 0) onOpened();
  };
  return (
    <div className={classes.needs}>
      <p>
        {reference ? (
          <ReferenceText reference={reference} nameOf={(id) => names[id]!.name} />
        ) : (
          'It needs an earlier checkpoint of the same model, as the reference: the initial weights, or an earlier epoch. It is only read.'
        )}
      </p>
      <Button onClick={choose}>{reference ? 'Another reference…' : 'Reference checkpoint…'}</Button>
    </div>
  );
}

function ReferenceText({ reference, nameOf }: { reference: ReferenceReport; nameOf: (id: number) => string }) {
  const { fileName, matched, missing } = reference;
  const [first] = missing;
  return (
    <>
      Reference <b>{fileName}</b>: {formatQuantity(matched.length, 'tensor')} matched, {formatInteger(missing.length)}{' '}
      missing
      {first !== undefined &&
        ` (${nameOf(first)}${missing.length > 1 ? ' and others' : ''}: not there in the same shape and dtype)`}
      .
    </>
  );
}

/** The browser's file chooser; undefined when it was closed without an answer. An input of the page's is for checkpoints. */
function chooseFile(): Promise<File | undefined> {
  return new Promise((resolve) => {
    const input = document.createElement('input');
    input.type = 'file';
    input.onchange = () => resolve(input.files?.[0]);
    input.oncancel = () => resolve(undefined);
    input.click();
  });
}
