import { Tabs } from '@mantine/core';
import type { ReactNode } from 'react';
import { actions } from '../../state/actions';
import { type HelpTopic, screen, useScreen } from '../../state/screen';
import { Keys } from '../parts/actions/Keys';
import { classNames } from '../parts/classNames';
import { DialogFrame } from '../parts/frames/DialogFrame';
import classes from './HelpDialog.module.css';
import { FilesHelp } from './help/FilesHelp';
import help from './help/Help.module.css';
import { RecipeHelp } from './help/RecipeHelp';

/** What the threshold handle answers to: the keys of every slider, and two more. */
const handleKeys = [
  { keys: ['←', '→'], does: 'A tenth of a point of sparsity less, or more' },
  { keys: ['shift+←', 'shift+→'], does: 'A whole point' },
  { keys: ['PageUp', 'PageDown'], does: 'Ten points more, or less' },
  { keys: ['Home', 'End'], does: 'Prune nothing, prune everything' },
  { keys: ['+', '-', '0'], does: 'Zoom the axis in, out, and back' },
  { keys: ['Enter'], does: 'Type the threshold' },
  { keys: ['Escape'], does: 'Let go and put it back' },
];

const tableKeys = [
  { keys: ['↑', '↓'], does: 'Choose a layer' },
  { keys: ['shift+↑', 'shift+↓'], does: 'Select several' },
  { keys: ['mod+Space'], does: 'Add one to the selected, or take it off' },
  { keys: ['mod+A'], does: 'Select all that are shown' },
  { keys: ['Space'], does: 'Switch the selected in or out of pruning' },
  { keys: ['L'], does: 'Lock the selected, or unlock them' },
  { keys: ['C'], does: 'Copy their names' },
  { keys: ['→', '←'], does: 'Open a group of modules, or close it' },
  { keys: ['Enter'], does: 'Go on to the threshold' },
  { keys: ['shift+←', 'shift+→'], does: 'In the header: move the border of a column' },
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

const dividerKeys = [
  { keys: ['←', '→'], does: 'Move the divider; with Shift further' },
  { keys: ['Enter'], does: 'Put it back' },
];

const topics: readonly { readonly topic: HelpTopic; readonly title: string; readonly content: ReactNode }[] = [
  { topic: 'keys', title: 'Keyboard shortcuts', content: <KeysHelp /> },
  { topic: 'files', title: 'Files', content: <FilesHelp /> },
  { topic: 'recipes', title: 'Recipes', content: <RecipeHelp /> },
];

/** All that a person may want to look up: the page ships no other documents. */
export function HelpDialog() {
  const opened = useScreen((state) => state.dialog === 'help');
  const topic = useScreen((state) => state.helpTopic);
  return (
    <DialogFrame opened={opened} onClose={screen.getState().close} title="Help" width={640}>
      <Tabs
        variant="none"
        keepMounted={false}
        value={topic}
        onChange={(chosen) => screen.setState({ helpTopic: chosen as HelpTopic })}
      >
        <Tabs.List className={classNames(help.topics)} aria-label="Topics">
          {topics.map(({ topic, title }) => (
            <Tabs.Tab key={topic} value={topic} className={classNames(help.topic)}>
              {title}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {topics.map(({ topic, content }) => (
          <Tabs.Panel key={topic} value={topic} className={classNames(help.panel)}>
            {content}
          </Tabs.Panel>
        ))}
      </Tabs>
    </DialogFrame>
  );
}

function KeysHelp() {
  return (
    <>
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
      <Shortcuts title="Between the panes" rows={dividerKeys} />
    </>
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
