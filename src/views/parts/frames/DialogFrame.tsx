import { Modal } from '@mantine/core';
import { useMounted } from '@mantine/hooks';
import type { ReactNode } from 'react';
import { classNames } from '../classNames';
import classes from './DialogFrame.module.css';

interface DialogFrameProps {
  readonly opened: boolean;
  onClose(): void;
  readonly title: string;
  /** In pixels. */
  readonly width: number;
  /** While something runs that has to be cancelled first. */
  readonly locked?: boolean;
  readonly children: ReactNode;
}

/** Every dialog's title, cross and focus trap. */
export function DialogFrame({ opened, onClose, title, width, locked = false, children }: DialogFrameProps) {
  // Mantine remembers where the focus came from as a dialog opens, not where it is open from the first.
  const isMounted = useMounted();
  return (
    <Modal.Root
      opened={opened && isMounted}
      onClose={onClose}
      className={classNames(classes.dialog)}
      size={width}
      radius={12}
      centered
      closeOnClickOutside={!locked}
      closeOnEscape={!locked}
    >
      <Modal.Overlay backgroundOpacity={0.45} />
      <Modal.Content>
        {/* A header element outside of any section would be a second banner of the page. */}
        <Modal.Header role="presentation">
          <Modal.Title className={classes.title}>{title}</Modal.Title>
          {!locked && <Modal.CloseButton aria-label="Close" />}
        </Modal.Header>
        <Modal.Body>{children}</Modal.Body>
      </Modal.Content>
    </Modal.Root>
  );
}
