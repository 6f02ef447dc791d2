import { Button, Popover } from '@mantine/core';
import { useEffect, useRef } from 'react';
import type { Layer } from '../../../state/checkpointSlice';
import { screen, useScreen } from '../../../state/screen';
import { useStudio } from '../../../state/store';
import { isSettable } from './draft';
import { OverruleForm } from './OverruleForm';

/** Says by hand what a tensor is, where a person knows better than the file. */
export function OverruleMenu({ layer, layers }: { readonly layer: Layer; readonly layers: readonly Layer[] }) {
  const opened = useScreen((state) => state.overruling);
  const { setOverruling } = screen.getState();
  const button = useRef<HTMLButtonElement>(null);
  // Asked for from elsewhere, a warning, it may be out of sight.
  useEffect(() => {
    if (opened) button.current?.scrollIntoView({ block: 'nearest' });
  }, [opened]);
  const asOpened = useStudio((state) => state.opened?.layers[layer.id]);
  if (!asOpened || !isSettable(asOpened)) return null;
  return (
    <Popover
      opened={opened}
      onChange={setOverruling}
      position="bottom-start"
      width="min(340px, calc(100vw - 24px))"
      trapFocus
      returnFocus
    >
      <Popover.Target>
        <Button
          ref={button}
          size="compact-xs"
          onClick={() => setOverruling(!opened)}
          title="Say by hand what this tensor is"
        >
          Change…
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label="What this tensor is">
        <OverruleForm
          key={layer.id}
          layer={layer}
          asOpened={asOpened}
          layers={layers}
          onDone={() => setOverruling(false)}
        />
      </Popover.Dropdown>
    </Popover>
  );
}
