import type { ReactNode } from 'react';
import { NumberField } from './NumberField';
import classes from './Setting.module.css';
import { type Bounds, parseBetween } from './typedNumber';

interface NumberSettingProps extends Bounds {
  readonly label: string;
  readonly help: string;
  readonly value: number;
  onChange(value: number): void;
  /** Beside the field. */
  readonly children?: ReactNode;
}

/** A number of the method, committed as it is typed in, with its sentence below. */
export function NumberSetting({ label, help, value, onChange, children, ...bounds }: NumberSettingProps) {
  return (
    <div className={classes.field}>
      <div className={classes.number}>
        <NumberField
          label={label}
          text={String(value)}
          unit={bounds.unit}
          disabled={false}
          parse={(text) => parseBetween(text, bounds)}
          onCommit={(typed) => typed !== value && onChange(typed)}
        />
        {children}
      </div>
      <span className={classes.help}>{help}</span>
    </div>
  );
}
