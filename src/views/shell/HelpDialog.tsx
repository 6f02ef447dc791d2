import { actions } from '../../state/actions';
import { screen, useScreen } from '../../state/screen';
import { DialogFrame } from '../parts/frames/DialogFrame';
import classes from './HelpDialog.module.css';
import { Keys } from './Keys';

/** What the threshold handle answers to: the keys of every slider, and two more. */
const handleKeys = [
  { keys: ['←', '→'], does: 'Move it a little' },
  { keys: ['shift+←', 'shift+→'], does: 'Move it in coarse steps' },
  { keys: ['PageUp', 'PageDown'], does: 'A tenth of the weights more, or less' },
  { keys: ['Home', 'End'], does: 'Prune nothing, prune everything' },
  { keys: ['Enter'], does: 'Type the threshold' },
  { keys: ['Escape'], does: 'Let go and put it back' },
];

const tableKeys = [
  { keys: ['↑', '↓'], does: 'Choose a layer' },
  { keys: ['shift+↑', 'shift+↓'], does: 'Select several' },
  { keys: ['mod+Space'], does: 'Add one to the selected, or take it off' },
  { keys: ['mod+A'], does: 'Select all that are shown' },
  { keys: ['Space'], does: 'Switch the selected in or out of pruning' },
  { keys: ['Enter'], does: 'Go on to the threshold' },
];

const heatMapKeys = [
  { keys: ['+', '-'], does: 'Zoom in, zoom out' },
  { keys: ['←', '→', '↑', '↓'], does: 'Move what is shown' },
  { keys: ['0'], does: 'Show all' },
];

const sensitivityKeys = [
  { keys: ['←', '→', '↑', '↓'], does: 'Go from cell to cell' },
  { keys: ['Enter'], does: 'Prune that share of the layer' },
];

export function HelpDialog() {
  const opened = useScreen((state) => state.dialog === 'help');
  return (
    <DialogFrame opened={opened} onClose={screen.getState().close} title="Keyboard shortcuts" width={460}>
      <Shortcuts
        title="Anywhere"
        rows={Object.values(actions)
          .filter(({ keys }) => keys.length > 0)
          .map(({ label, keys }) => ({ does: label, keys }))}
      />
      <Shortcuts title="In the table of layers" rows={tableKeys} />
      <Shortcuts title="On the threshold handle" rows={handleKeys} />
      <Shortcuts title="On the heat map" rows={heatMapKeys} />
      <Shortcuts title="In the map of sensitivity" rows={sensitivityKeys} />
    </DialogFrame>
  );
}

function Shortcuts({ title, rows }: { title: string; rows: readonly { keys: readonly string[]; does: string }[] }) {
  return (
    <section className={classes.group}>
      <h3>{title}</h3>
      <dl>
        {rows.map(({ keys, does }) => (
          <div key={does} className={classes.row}>
            <dt>{does}</dt>
            <dd>
              {keys.map((key) => (
                <Keys key={key} keys={key} />
              ))}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
