import type { ReactNode } from 'react';
import { NumberField } from './NumberField';
import classes from './Setting.module.css';
import { parseNumber } from './typedNumber';

interface NumberSettingProps {
  readonly label: string;
  readonly help: string;
  readonly value: number;
  readonly unit?: string;
  /** Whether a number is allowed; a whole number unless `isFraction`. */
  readonly allows: (value: number) => boolean;
  readonly isFraction?: boolean;
  onChange(value: number): void;
  /** Beside the field. */
  readonly children?: ReactNode;
}

/** A number of the method, committed as it is typed in, with its sentence below. */
export function NumberSetting({
  label,
  help,
  value,
  unit,
  allows,
  isFraction,
  onChange,
  children,
}: NumberSettingProps) {
  const parse = (text: string) => {
    const typed = parseNumber(text.replace(/\s*%$/, ''));
    return typed !== null && (isFraction || Number.isInteger(typed)) && allows(typed) ? typed : null;
  };
  return (
    <div className={classes.field}>
      <div className={classes.number}>
        <NumberField
          label={label}
          text={String(value)}
          unit={unit}
          disabled={false}
          parse={parse}
          onCommit={(typed) => typed !== value && onChange(typed)}
        />
        {children}
      </div>
      <span className={classes.help}>{help}</span>
    </div>
  );
}
