import { TextInput } from '@mantine/core';
import { type KeyboardEvent, type ReactNode, type Ref, useState } from 'react';
import { classNames } from '../classNames';
import classes from './NumberField.module.css';

interface NumberFieldProps {
  readonly label: string;
  /** As it reads; '' when there is none to show. */
  readonly text: string;
  /** Instead of a value. */
  readonly placeholder?: string;
  readonly unit?: ReactNode;
  readonly disabled: boolean;
  /** Number that a text stands for, or null when it stands for none that is allowed here. */
  readonly parse: (text: string) => number | null;
  readonly onCommit: (value: number) => void;
  readonly ref?: Ref<HTMLInputElement>;
}

/** Shows what is typed until Enter or leaving commits it; what is no number reverts, and so does Esc. */
export function NumberField({ text, parse, onCommit, unit, ...input }: NumberFieldProps) {
  /** What is being typed; null when that is nothing. */
  const [draft, setDraft] = useState<string | null>(null);
  const invalid = draft !== null && parse(draft) === null;

  const settle = () => {
    if (draft === null) return;
    setDraft(null);
    const value = parse(draft);
    if (value !== null) onCommit(value);
  };

  const press = (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.key === 'Enter') {
      settle();
      event.currentTarget.select();
    }
    const reverts = event.key === 'Escape' || ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'z');
    if (reverts && draft !== null) {
      // What was typed is taken back, not what the studio did before.
      event.preventDefault();
      setDraft(null);
    }
  };

  return (
    <TextInput
      {...input}
      classNames={{
        root: classNames(classes.field),
        label: classNames(classes.label),
        input: classNames(classes.input),
      }}
      size="xs"
      type="text"
      inputMode="decimal"
      autoComplete="off"
      spellCheck={false}
      value={draft ?? text}
      error={invalid}
      aria-invalid={invalid}
      rightSection={unit}
      rightSectionWidth={unit ? 26 : 0}
      rightSectionPointerEvents="none"
      onChange={(event) => setDraft(event.currentTarget.value)}
      onFocus={(event) => event.currentTarget.select()}
      // Left as it was shown, it is not a value that was typed: it may have been rounded.
      onBlur={() => (draft === text ? setDraft(null) : settle())}
      onKeyDown={press}
    />
  );
}
