import { Button } from '@mantine/core';
import { type DragEvent, useRef, useState } from 'react';
import { foldersOf } from '../../../state/folders';
import { type DroppedFiles, droppedFiles } from '../../parts/files/droppedFiles';
import classes from './FileField.module.css';

interface FileFieldProps {
  /** Accessible name of the file input. */
  readonly label: string;
  /** On the button. */
  readonly choose: string;
  /** Extensions, as the file input takes them; absent: any. */
  readonly accept?: string;
  readonly multiple?: boolean;
  /** Offers whole folders too. */
  readonly folder?: boolean;
  readonly disabled?: boolean;
  /** What is chosen already, in words. */
  readonly chosen?: string;
  /** @param folders of each file, '' where there is none */
  readonly onFiles: (files: readonly File[], folders: readonly string[]) => void;
}

/** Files by button or by dropping them here. */
export function FileField(props: FileFieldProps) {
  const { label, choose, accept = '', multiple = false, folder = false, disabled = false, chosen, onFiles } = props;
  const [isOver, setOver] = useState(false);
  const take = ({ files, folders }: DroppedFiles) => {
    if (files.length > 0) onFiles(multiple ? files : files.slice(0, 1), folders);
  };
  const drop = async (event: DragEvent) => {
    // Taken here: the window would open it as a checkpoint.
    event.preventDefault();
    setOver(false);
    if (!disabled) take(await droppedFiles(event.dataTransfer));
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping is a second way; the buttons are for the keyboard
    <div
      className={classes.field}
      data-over={isOver}
      onDragEnter={() => setOver(true)}
      onDragLeave={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget as Node | null)) setOver(false);
      }}
      onDrop={drop}
    >
      <FileButton label={label} text={choose} accept={accept} multiple={multiple} disabled={disabled} onFiles={take} />
      {folder && (
        <FileButton label={`${label} folder`} text="Choose a folder…" isFolder disabled={disabled} onFiles={take} />
      )}
      <span className={classes.chosen}>{chosen ?? `or drop ${multiple ? 'them' : 'it'} here`}</span>
    </div>
  );
}

interface FileButtonProps {
  readonly label: string;
  readonly text: string;
  readonly accept?: string;
  readonly multiple?: boolean;
  readonly isFolder?: boolean;
  readonly disabled: boolean;
  readonly onFiles: (dropped: DroppedFiles) => void;
}

function FileButton({ label, text, accept, multiple = false, isFolder = false, disabled, onFiles }: FileButtonProps) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <Button disabled={disabled} onClick={() => input.current?.click()}>
        {text}
      </Button>
      <input
        ref={input}
        type="file"
        hidden
        aria-label={label}
        accept={accept}
        multiple={multiple}
        {...(isFolder ? { webkitdirectory: '' } : {})}
        onChange={(event) => {
          const files = [...(event.target.files ?? [])];
          event.target.value = '';
          onFiles({ files, folders: foldersOf(files) });
        }}
      />
    </>
  );
}
