import { Modal } from '@mantine/core';
import { useState } from 'react';
import type { Action } from '../../state/actions';
import { rememberAction } from '../../state/actions/finding';
import { screen, useScreen } from '../../state/screen';
import { perform } from '../parts/actions/perform';
import classes from './Palette.module.css';
import { PaletteSearch } from './PaletteSearch';

/** Every command of the studio by its name, and every layer. */
export function PaletteDialog() {
  const isShown = useScreen(({ dialog }) => dialog === 'palette');
  return isShown && <Palette />;
}

function Palette() {
  // It goes back there before a command runs: what that opens goes back there, too.
  const [before] = useState(() => document.activeElement);
  const leave = () => {
    screen.getState().close();
    if (before instanceof HTMLElement) before.focus({ preventScroll: true });
  };
  const run = (action: Action) => {
    leave();
    rememberAction(action);
    void perform(action);
  };
  return (
    <Modal.Root
      opened
      onClose={leave}
      size={640}
      radius={12}
      yOffset="min(12dvh, 96px)"
      returnFocus={false}
      transitionProps={{ duration: 0 }}
    >
      <Modal.Overlay backgroundOpacity={0.45} />
      <Modal.Content aria-label="Commands">
        <Modal.Body className={classes.body}>
          <PaletteSearch onRun={run} onLeave={leave} />
        </Modal.Body>
      </Modal.Content>
    </Modal.Root>
  );
}
