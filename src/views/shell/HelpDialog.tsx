import { Tabs } from '@mantine/core';
import type { ReactNode } from 'react';
import { type KeySheet, keySheets } from '../../state/actions/hands';
import { type HelpTopic, screen, useScreen } from '../../state/screen';
import { Keys } from '../parts/actions/Keys';
import { classNames } from '../parts/classNames';
import { DialogFrame } from '../parts/frames/DialogFrame';
import classes from './HelpDialog.module.css';
import { FilesHelp } from './help/FilesHelp';
import help from './help/Help.module.css';
import { RecipeHelp } from './help/RecipeHelp';

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
      <a href="./licences.md" target="_blank" rel="noreferrer">
        Licences of what Secateur is made of
      </a>
    </DialogFrame>
  );
}

function KeysHelp() {
  return keySheets.map((sheet) => <Shortcuts key={sheet.where} {...sheet} />);
}

function Shortcuts({ where, rows }: KeySheet) {
  return (
    <section className={classes.group}>
      <h3>{where}</h3>
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
