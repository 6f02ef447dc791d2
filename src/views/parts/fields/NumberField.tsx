import { TextInput } from '@mantine/core';
import { type KeyboardEvent, type ReactNode, type Ref, useState } from 'react';
import { classNames } from '../classNames';
import classes from './NumberField.module.css';
import type { Wrong } from './typedNumber';

interface NumberFieldProps {
  readonly label: string;
  /** As it reads; '' when there is none to show. */
  readonly text: string;
  /** Instead of a value. */
  readonly placeholder?: string;
  readonly unit?: ReactNode;
  readonly disabled: boolean;
  /** Number that a text stands for, or why it stands for none that is allowed here. */
  readonly parse: (text: string) => number | Wrong;
  readonly onCommit: (value: number) => void;
  readonly ref?: Ref<HTMLInputElement>;
}

/** What is being typed. */
interface Draft {
  readonly text: string;
  /** It was to be committed, and could not: what is wrong is said until it is corrected. */
  readonly isRefused: boolean;
}

/**
 * Shows what is typed until Enter or leaving commits it. What is no number that is allowed here stays, with what is wrong
 * with it, until it is corrected; Esc takes it back.
 */
export function NumberField({ text, parse, onCommit, unit, ...input }: NumberFieldProps) {
  const [draft, setDraft] = useState<Draft | null>(null);
  const [shown, setShown] = useState(text);
  if (text !== shown) {
    // The value was set elsewhere: what was refused is no longer what is meant.
    setShown(text);
    if (draft?.isRefused) setDraft(null);
  }
  const typed = draft ? parse(draft.text) : undefined;
  const wrong = typeof typed === 'object' ? typed.wrong : undefined;

  const settle = () => {
    if (draft === null) return;
    setDraft(typeof typed === 'number' ? null : { ...draft, isRefused: true });
    if (typeof typed === 'number') onCommit(typed);
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
        error: classNames(classes.wrong),
      }}
      size="xs"
      type="text"
      inputMode="decimal"
      autoComplete="off"
      spellCheck={false}
      value={draft?.text ?? text}
      error={draft?.isRefused ? wrong : wrong !== undefined}
      errorProps={{ 'aria-live': 'polite' }}
      aria-invalid={wrong !== undefined}
      rightSection={unit}
      rightSectionWidth={unit ? 26 : 0}
      rightSectionPointerEvents="none"
      onChange={(event) => setDraft({ text: event.currentTarget.value, isRefused: false })}
      onFocus={(event) => event.currentTarget.select()}
      // Left as it was shown, it is not a value that was typed: it may have been rounded.
      onBlur={() => (draft?.text === text ? setDraft(null) : settle())}
      onKeyDown={press}
    />
  );
}
