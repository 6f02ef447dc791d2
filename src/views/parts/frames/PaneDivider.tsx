import { type KeyboardEvent, type PointerEvent, type RefObject, useCallback, useEffect, useState } from 'react';
import { found } from '../../../lib/known';
import classes from './PaneDivider.module.css';

interface PaneDividerProps {
  /** Around both panes, the layers first; their share of it is its CSS variable `--layers`. */
  readonly panes: RefObject<HTMLDivElement | null>;
  /** @param share percent; null: as it was at first */
  onMove(share: number | null): void;
}

/** Percent of the panes' width that a press of an arrow key moves the divider by; with Shift, five times as much. */
const step = 2;

/** Gives the layers more room, or the editor: by mouse, finger or arrow keys. A double click puts it back. */
export function PaneDivider({ panes, onMove }: PaneDividerProps) {
  const [isMoving, setMoving] = useState(false);
  const { share, shareNow } = useLayersShare(panes);
  const place = (share: number) => found(panes.current, 'the panes').style.setProperty('--layers', `${share}%`);
  const put = (share: number) => {
    place(share);
    // Where the style sheet lets it go.
    onMove(Math.round(shareNow() * 10) / 10);
  };
  const reset = () => {
    found(panes.current, 'the panes').style.removeProperty('--layers');
    onMove(null);
  };

  const drag = (event: PointerEvent<HTMLDivElement>) => {
    if (!isMoving || !panes.current) return;
    const { left, width } = panes.current.getBoundingClientRect();
    place(((event.clientX - left) / width) * 100);
  };
  const press = (event: KeyboardEvent) => {
    const by = { ArrowLeft: -step, ArrowRight: step }[event.key];
    const to = { Home: 0, End: 100 }[event.key] ?? (by && shareNow() + by * (event.shiftKey ? 5 : 1));
    if (event.key === 'Enter') reset();
    else if (to !== undefined) put(to);
    else return;
    event.preventDefault();
  };

  return (
    // biome-ignore lint/a11y/useSemanticElements: a line that is moved is no thematic break
    <div
      role="separator"
      className={classes.divider}
      data-moving={isMoving}
      tabIndex={0}
      aria-label="Width of the layers"
      aria-orientation="vertical"
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(share)}
      aria-valuetext={`${Math.round(share)} % of the window`}
      aria-controls="layers-pane"
      title="Drag, or press the arrow keys; a double click puts it back"
      onPointerDown={(event) => {
        if (event.button !== 0) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        setMoving(true);
      }}
      onPointerMove={drag}
      onLostPointerCapture={() => {
        if (isMoving) put(shareNow());
        setMoving(false);
      }}
      onDoubleClick={reset}
      onKeyDown={press}
    />
  );
}

/** Percent of the panes' width that the layers take: the style sheet has the last word on it. */
function useLayersShare(panes: RefObject<HTMLDivElement | null>) {
  const [share, setShare] = useState(50);
  const shareNow = useCallback(() => {
    const layers = panes.current?.firstElementChild;
    const width = panes.current?.clientWidth ?? 0;
    return layers && width > 0 ? (layers.getBoundingClientRect().width / width) * 100 : 50;
  }, [panes]);
  useEffect(() => {
    const layers = panes.current?.firstElementChild;
    if (!layers) return;
    const observer = new ResizeObserver(() => setShare(shareNow()));
    observer.observe(layers);
    return () => observer.disconnect();
  }, [panes, shareNow]);
  return { share, shareNow };
}
