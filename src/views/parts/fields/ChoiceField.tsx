import { NativeSelect } from '@mantine/core';
import { useId } from 'react';
import { classNames } from '../classNames';
import classes from './Setting.module.css';

/** A name, and a sentence on what it does. */
export interface Words {
  readonly label: string;
  readonly help: string;
}

interface Option<Value extends string> {
  readonly value: Value;
  readonly words: Words;
  readonly disabled?: boolean;
}

interface ChoiceFieldProps<Value extends string> {
  readonly label: string;
  readonly value: Value;
  readonly options: readonly Option<Value>[];
  /** What is chosen is not in use yet: a sentence on what is. */
  readonly pending?: string | undefined;
  onChange(value: Value): void;
}

/** A choice with the sentence of what is chosen below it. */
export function ChoiceField<Value extends string>({
  label,
  value,
  options,
  pending,
  onChange,
}: ChoiceFieldProps<Value>) {
  const help = useId();
  return (
    <div className={classes.field} data-pending={pending !== undefined || undefined}>
      <NativeSelect
        label={label}
        size="xs"
        classNames={{ label: classNames(classes.label), input: classNames(classes.input) }}
        value={value}
        aria-describedby={help}
        onChange={(event) => onChange(event.currentTarget.value as Value)}
        data={options.map((option) => ({
          value: option.value,
          label: option.words.label,
          disabled: option.disabled ?? false,
        }))}
      />
      <span id={help} className={classes.help}>
        {pending ?? options.find((option) => option.value === value)?.words.help}
      </span>
    </div>
  );
}
