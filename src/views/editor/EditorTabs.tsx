import { Tabs } from '@mantine/core';
import type { ReactNode } from 'react';
import { formatQuantity } from '../../lib/numbers';
import type { Layer } from '../../state/checkpointSlice';
import { isOfSeveral, layersReached } from '../../state/reach';
import { screen, useScreen } from '../../state/screen';
import { useStudio } from '../../state/store';
import { classNames } from '../parts/classNames';
import classes from './EditorTabs.module.css';
import { HandleStrip } from './heatMap/HandleStrip';
import { WeightMapCard } from './heatMap/WeightMapCard';
import { DistributionCard } from './histogram/DistributionCard';

/** What other areas show in the editor. */
export interface EditorPanels {
  /** Below the handle and its fields: how the edit scope is pruned. */
  readonly method: ReactNode;
  /** In tabs of their own, behind those of the weights themselves. */
  readonly tabs: readonly { readonly title: string; readonly panel: ReactNode }[];
}

interface EditorTabsProps {
  readonly layer: Layer;
  readonly layers: readonly Layer[];
  readonly panels: EditorPanels;
}

/** What is known of what is edited: its weights, and what the model's quality has to say about it. */
export function EditorTabs({ layer, layers, panels }: EditorTabsProps) {
  const tab = useScreen(({ editorTab }) => editorTab);
  const isSeveral = useStudio(isOfSeveral);
  const titles = ['Distribution', 'Heat map', ...panels.tabs.map(({ title }) => title)];
  const choose = (word: string | null) => {
    const title = titles.find((each) => wordOf(each) === word);
    if (title) screen.getState().showTab(title);
  };
  return (
    <Tabs className={classNames(classes.tabs)} value={wordOf(tab)} onChange={choose} keepMounted={false} variant="none">
      <div className={classes.card}>
        <Tabs.List className={classNames(classes.list)} aria-label="What to show">
          <Tabs.Tab className={classNames(classes.tab)} value="Distribution">
            Distribution
          </Tabs.Tab>
          <Tabs.Tab className={classNames(classes.tab)} value={wordOf('Heat map')}>
            Heat map
          </Tabs.Tab>
          {panels.tabs.map(({ title }) => (
            <Tabs.Tab key={title} className={classNames(classes.tab)} value={wordOf(title)}>
              {title}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value="Distribution">
          <DistributionCard layer={layer} layers={layers} method={panels.method} />
        </Tabs.Panel>
        <Tabs.Panel value={wordOf('Heat map')}>
          <WeightMapCard layer={layer} layers={layers}>
            {!isSeveral && <HandleStrip method={panels.method} />}
          </WeightMapCard>
        </Tabs.Panel>
        {panels.tabs.map(({ title, panel }) => (
          <Tabs.Panel key={title} value={wordOf(title)}>
            {panel}
          </Tabs.Panel>
        ))}
      </div>
      {tab === 'Heat map' && isSeveral && (
        // The map is of one layer, the handle over several: each has a card of its own.
        <section className={classes.card} aria-label="Threshold of several layers">
          <ScopeTitle />
          <HandleStrip method={panels.method} />
        </section>
      )}
    </Tabs>
  );
}

/** Ids are made of it, and what refers to an id splits it where there is a space. */
function wordOf(title: string): string {
  return title.replaceAll(' ', '-');
}

function ScopeTitle() {
  const scope = useStudio((state) => state.editScope);
  const count = useStudio((state) => layersReached(state).length);
  return (
    <h3 className={classes.title}>
      {scope === 'model'
        ? `Whole model: one threshold over ${formatQuantity(count, 'layer')}`
        : formatQuantity(count, 'selected layer')}
    </h3>
  );
}
