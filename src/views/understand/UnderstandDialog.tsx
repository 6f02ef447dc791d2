import { Tabs } from '@mantine/core';
import { screen, useScreen } from '../../state/screen';
import { useStudio } from '../../state/store';
import { classNames } from '../parts/classNames';
import { DialogFrame } from '../parts/frames/DialogFrame';
import { BlocksTab } from './BlocksTab';
import { ClassesTab } from './ClassesTab';
import { Int8Tab } from './Int8Tab';
import { MarksTab } from './MarksTab';
import classes from './Understand.module.css';

const tabs = [
  { title: 'Marks', panel: MarksTab },
  { title: 'Classes', panel: ClassesTab },
  { title: 'Blocks', panel: BlocksTab },
  { title: 'int8', panel: Int8Tab },
] as const;

/** A closer look at the whole model: what stands out in its weights, what pruning broke, what could go, what int8 would do. */
export function UnderstandDialog() {
  const isShown = useScreen((state) => state.dialog === 'understand');
  const isOpen = useStudio((state) => state.checkpoint !== null);
  const tab = useScreen((state) => state.understandTab);
  return (
    <DialogFrame opened={isShown && isOpen} onClose={screen.getState().close} title="Understand this model" width={860}>
      {isShown && isOpen && (
        <Tabs
          className={classNames(classes.tabs)}
          value={tab}
          onChange={(title) => title && screen.getState().showUnderstanding(title)}
          keepMounted={false}
          variant="none"
        >
          <Tabs.List className={classNames(classes.list)} aria-label="What to look at">
            {tabs.map(({ title }) => (
              <Tabs.Tab key={title} className={classNames(classes.tab)} value={title}>
                {title}
              </Tabs.Tab>
            ))}
          </Tabs.List>
          {tabs.map(({ title, panel: Panel }) => (
            <Tabs.Panel key={title} value={title}>
              <Panel />
            </Tabs.Panel>
          ))}
        </Tabs>
      )}
    </DialogFrame>
  );
}
