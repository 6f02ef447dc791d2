import { TextInput } from '@mantine/core';
import { useId } from 'react';
import classes from './ExportForm.module.css';

interface NameFieldProps {
  /** Without the extension. */
  readonly value: string;
  readonly extension: string;
  readonly refused: string | undefined;
  onChange(value: string): void;
  /** Enter: as the main button. */
  onSubmit(): void;
}

/** What the file will be called; its extension stays. */
export function NameField({ value, extension, refused, onChange, onSubmit }: NameFieldProps) {
  const id = useId();
  return (
    <div className={classes.name}>
      <TextInput
        className={classes.stem}
        size="xs"
        aria-label="File name"
        aria-describedby={id}
        value={value}
        error={refused}
        spellCheck={false}
        autoComplete="off"
        onChange={(event) => onChange(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && refused === undefined) onSubmit();
        }}
      />
      <b id={id} className={classes.extension}>
        {extension}
      </b>
    </div>
  );
}
