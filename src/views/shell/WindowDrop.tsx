import { IconFileDownload } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { type ScreenState, screen, useScreen } from '../../state/screen';
import { useStudio } from '../../state/store';
import { droppedFiles } from '../parts/files/droppedFiles';
import classes from './WindowDrop.module.css';

function carriesFiles(event: DragEvent): boolean {
  return event.dataTransfer?.types.includes('Files') ?? false;
}

/** These dialogs have fields of their own for files. */
function takesFilesItself({ dialog }: ScreenState): boolean {
  return dialog === 'inputs' || dialog === 'graph';
}

/** The whole window takes files, whatever is under the pointer. */
export function WindowDrop() {
  const takeDropped = useStudio((state) => state.takeDropped);
  const isOpen = useStudio((state) => state.checkpoint !== null);
  const isInDialog = useScreen(takesFilesItself);
  const [isOver, setOver] = useState(false);

  useEffect(() => {
    const open = async (transfer: DataTransfer) => {
      const { files, folders, paths } = await droppedFiles(transfer);
      if (files.length > 0) await takeDropped(files, folders, paths);
    };
    // Every element that is entered or left tells; the window is left when as many were left as entered.
    let depth = 0;
    const enter = (event: DragEvent) => {
      if (!carriesFiles(event)) return;
      depth++;
      setOver(true);
    };
    const leave = (event: DragEvent) => {
      if (!carriesFiles(event)) return;
      depth--;
      if (depth <= 0) setOver(false);
    };
    const over = (event: DragEvent) => {
      if (!carriesFiles(event)) return;
      // Without this the browser would open the file itself.
      event.preventDefault();
      if (event.dataTransfer) event.dataTransfer.dropEffect = 'copy';
    };
    const drop = (event: DragEvent) => {
      if (!carriesFiles(event)) return;
      event.preventDefault();
      depth = 0;
      setOver(false);
      if (takesFilesItself(screen.getState())) return;
      if (event.dataTransfer) void open(event.dataTransfer);
    };
    window.addEventListener('dragenter', enter);
    window.addEventListener('dragleave', leave);
    window.addEventListener('dragover', over);
    window.addEventListener('drop', drop);
    return () => {
      window.removeEventListener('dragenter', enter);
      window.removeEventListener('dragleave', leave);
      window.removeEventListener('dragover', over);
      window.removeEventListener('drop', drop);
    };
  }, [takeDropped]);

  if (!isOver || isInDialog) return null;
  return (
    <div className={classes.veil}>
      <div className={classes.target}>
        <IconFileDownload size={40} stroke={1.4} aria-hidden />
        <strong>{isOpen ? 'Drop it here' : 'Drop to open'}</strong>
        <span>
          {isOpen
            ? 'Another checkpoint; or a recipe, the ONNX graph, arrays or images for this one'
            : 'A checkpoint, with a recipe if you have one'}
        </span>
      </div>
    </div>
  );
}
