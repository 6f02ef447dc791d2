import { Tabs } from '@mantine/core';
import type { ReactNode } from 'react';
import type { Layer } from '../../state/checkpointSlice';
import { classNames } from '../parts/classNames';
import classes from './EditorTabs.module.css';
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

/** What is known of the shown layer: its weights, and what the model's quality has to say about it. */
export function EditorTabs({ layer, layers, panels }: EditorTabsProps) {
  return (
    <Tabs className={classNames(classes.card)} defaultValue="distribution" keepMounted={false} variant="none">
      <Tabs.List className={classNames(classes.list)} aria-label="What to show">
        <Tabs.Tab className={classNames(classes.tab)} value="distribution">
          Distribution
        </Tabs.Tab>
        <Tabs.Tab className={classNames(classes.tab)} value="heat">
          Heat map
        </Tabs.Tab>
        {panels.tabs.map(({ title }) => (
          <Tabs.Tab key={title} className={classNames(classes.tab)} value={title}>
            {title}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      <Tabs.Panel value="distribution">
        <DistributionCard layer={layer} layers={layers} method={panels.method} />
      </Tabs.Panel>
      <Tabs.Panel value="heat">
        <WeightMapCard layer={layer} layers={layers} method={panels.method} />
      </Tabs.Panel>
      {panels.tabs.map(({ title, panel }) => (
        <Tabs.Panel key={title} value={title}>
          {panel}
        </Tabs.Panel>
      ))}
    </Tabs>
  );
}
