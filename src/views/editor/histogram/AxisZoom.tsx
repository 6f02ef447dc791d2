import { ActionIcon } from '@mantine/core';
import { IconMinus, IconPlus, IconZoomReset } from '@tabler/icons-react';
import { isClosest, isSame, isWhole } from './axisView';
import { type ShownAxis, zoomAxis, zoomStep } from './useAxisView';

interface AxisZoomProps {
  readonly shown: ShownAxis;
  /** Where the handle is, to zoom there. */
  readonly handle: () => number | undefined;
}

/** How close the axis is looked at. */
export function AxisZoom({ shown, handle }: AxisZoomProps) {
  const zoom = (factor: number) => zoomAxis(shown, factor, handle());
  return (
    <ActionIcon.Group>
      <ActionIcon aria-label="Zoom out" disabled={isWhole(shown.view)} onClick={() => zoom(1 / zoomStep)}>
        <IconMinus size={16} />
      </ActionIcon>
      <ActionIcon aria-label="Zoom in" disabled={isClosest(shown.view)} onClick={() => zoom(zoomStep)}>
        <IconPlus size={16} />
      </ActionIcon>
      <ActionIcon
        aria-label="Reset the axis"
        disabled={isSame(shown.view, shown.home)}
        onClick={() => shown.set(() => shown.home)}
      >
        <IconZoomReset size={16} />
      </ActionIcon>
    </ActionIcon.Group>
  );
}
