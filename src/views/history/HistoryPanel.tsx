import { Button } from '@mantine/core';
import { IconCamera, IconSwitchHorizontal } from '@tabler/icons-react';
import { flippable } from '../../state/snapshots';
import { studio, useStudio } from '../../state/store';
import { Later } from '../parts/later/Later';
import { later } from '../parts/later/laterPart';
import { Done } from './Done';
import classes from './HistoryPanel.module.css';
import { SnapshotTable } from './SnapshotTable';

const plotCard = later(() => import('./SnapshotPlot').then(({ SnapshotPlotCard }) => SnapshotPlotCard));

/** Recipes that were given a name, what they came to, and what was done. */
export function HistoryPanel() {
  const count = useStudio((state) => state.snapshots.length);
  return (
    <div className={classes.panel}>
      <div className={classes.bar}>
        <Button
          leftSection={<IconCamera size={16} stroke={1.6} aria-hidden />}
          onClick={() => studio.getState().takeSnapshot()}
        >
          Take snapshot
        </Button>
        <FlipButton />
      </div>
      {count === 0 ? (
        <p className={classes.empty}>
          A snapshot keeps the recipe as it is now, with its sparsity, quality and size. Pin two, hold <kbd>F</kbd>{' '}
          anywhere, and everything on the screen shows the other one.
        </p>
      ) : (
        <>
          <SnapshotTable />
          <Later part={plotCard} with={{}} />
        </>
      )}
      <Done />
    </div>
  );
}

/** For hands on a mouse or a touch screen: the other recipe as long as it is pressed. */
function FlipButton() {
  const name = useStudio((state) => flippable(state)[0]?.name);
  const flip = () => {
    const state = studio.getState();
    const [first] = flippable(state);
    if (first) state.flip(first.id);
  };
  return (
    <Button
      disabled={name === undefined}
      leftSection={<IconSwitchHorizontal size={16} stroke={1.6} aria-hidden />}
      rightSection={<kbd className={classes.key}>F</kbd>}
      className={classes.flip}
      title={name === undefined ? 'There is nothing else to show' : `Shows ${name} as long as it is held`}
      onPointerDown={flip}
      onContextMenu={(event) => event.preventDefault()}
      onKeyDown={({ key, repeat }) => {
        if (!repeat && (key === 'Enter' || key === ' ')) flip();
      }}
    >
      <span className={classes.flipName}>Hold for {name ?? 'another'}</span>
    </Button>
  );
}
