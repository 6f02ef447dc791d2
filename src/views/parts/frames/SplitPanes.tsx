import { useLocalStorage } from '@mantine/hooks';
import { type CSSProperties, type ReactNode, useRef } from 'react';
import { PaneDivider } from './PaneDivider';
import { PaneJumps } from './PaneJumps';
import classes from './SplitPanes.module.css';

interface SplitPanesProps {
  readonly layers: ReactNode;
  readonly editor: ReactNode;
  readonly isBusy?: boolean;
}

/** The studio's two panes and the divider between them; one under the other where there is no room for both. */
export function SplitPanes({ layers, editor, isBusy = false }: SplitPanesProps) {
  const panes = useRef<HTMLDivElement>(null);
  const [share, setShare] = useLayersShare();
  return (
    <>
      <div className={classes.room}>
        <div
          ref={panes}
          className={classes.panes}
          aria-busy={isBusy || undefined}
          style={share === null ? undefined : ({ '--layers': `${share}%` } as CSSProperties)}
        >
          <section id="layers-pane" className={classes.layers} aria-label="Checkpoint">
            {layers}
          </section>
          <PaneDivider panes={panes} onMove={setShare} />
          <section id="editor-pane" className={classes.editor} aria-label="Editor">
            {editor}
          </section>
        </div>
      </div>
      <PaneJumps />
    </>
  );
}

/** Percent of the window that the layers take, in this and earlier sessions; null: nobody has moved the divider. */
function useLayersShare() {
  const [share, setShare] = useLocalStorage<number | null>({
    key: 'secateur-layers-share',
    defaultValue: null,
    getInitialValueInEffect: false,
    deserialize: parseShare,
  });
  return [share, setShare] as const;
}

function parseShare(text: string | undefined): number | null {
  const share = Number.parseFloat(text ?? '');
  return share > 0 && share < 100 ? share : null;
}
