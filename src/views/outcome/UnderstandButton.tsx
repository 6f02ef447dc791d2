import { UnstyledButton } from '@mantine/core';
import { IconZoomScan } from '@tabler/icons-react';
import { screen } from '../../state/screen';
import classes from './RemarksPill.module.css';

/** The way to a closer look at the model. */
export function UnderstandButton() {
  return (
    <UnstyledButton
      className={classes.closer}
      aria-label="Understand…"
      title="What stands out in its weights, what pruning broke, which blocks could go, what int8 would do"
      onClick={() => screen.getState().show('understand')}
    >
      <IconZoomScan size={15} stroke={1.7} aria-hidden />
      <span>Understand…</span>
    </UnstyledButton>
  );
}
