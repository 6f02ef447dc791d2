import { IconCheck } from '@tabler/icons-react';
import type { Action } from '../../state/actions';
import type { StudioState } from '../../state/studio';
import { Keys } from '../parts/actions/Keys';
import classes from './Palette.module.css';

interface OptionProps {
  readonly id: string;
  readonly action: Action;
  readonly state: StudioState;
  readonly isActive: boolean;
  /** Without a heading that says where it belongs. */
  readonly isAlone: boolean;
  onPoint(): void;
  onTake(): void;
}

/** A command: what it does, whether it is on, its key, and what it needs where it cannot be run. */
export function Option({ id, action, state, isActive, isAlone, onPoint, onTake }: OptionProps) {
  const { label, about, group, needs, keys } = action;
  const isEnabled = action.enabled(state);
  const isOn = isEnabled && action.isOn?.(state);
  const [key] = keys;
  const second = isEnabled ? about : needs && `Needs ${needs}`;
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the keyboard stays in the field
    <div
      id={id}
      className={classes.option}
      role="option"
      tabIndex={-1}
      aria-selected={isActive}
      aria-disabled={!isEnabled}
      onMouseMove={isActive ? undefined : onPoint}
      onMouseDown={(event) => event.preventDefault()}
      onClick={onTake}
    >
      <span className={classes.words}>
        <span className={classes.label}>
          <bdi>{label}</bdi>
          {isOn && (
            <span className={classes.on}>
              <IconCheck size={14} stroke={2} aria-hidden /> on
            </span>
          )}
        </span>
        {second && <span className={classes.about}>{second}</span>}
      </span>
      {isAlone && <span className={classes.group}>{group}</span>}
      {key && <Keys keys={key} />}
    </div>
  );
}
