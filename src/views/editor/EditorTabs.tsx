import { Tabs } from '@mantine/core';
import type { ReactNode } from 'react';
import type { Layer } from '../../state/checkpointSlice';
import { classNames } from '../parts/classNames';
import classes from './EditorTabs.module.css';
import { WeightMapCard } from './heatMap/WeightMapCard';
import { DistributionCard } from './histogram/DistributionCard';

/** What stands in the tabs beside the weights themselves. */
export interface EditorPanels {
  /** Below the handle and its fields: how the edit scope is pruned. */
  readonly method: ReactNode;
  readonly sensitivity: ReactNode;
  readonly curve: ReactNode;
  readonly drift: ReactNode;
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
        <Tabs.Tab className={classNames(classes.tab)} value="sensitivity">
          Sensitivity
        </Tabs.Tab>
        <Tabs.Tab className={classNames(classes.tab)} value="curve">
          Curve
        </Tabs.Tab>
        <Tabs.Tab className={classNames(classes.tab)} value="drift">
          Drift
        </Tabs.Tab>
      </Tabs.List>
      <Tabs.Panel value="distribution">
        <DistributionCard layer={layer} layers={layers} method={panels.method} />
      </Tabs.Panel>
      <Tabs.Panel value="heat">
        <WeightMapCard layer={layer} layers={layers} method={panels.method} />
      </Tabs.Panel>
      <Tabs.Panel value="sensitivity">{panels.sensitivity}</Tabs.Panel>
      <Tabs.Panel value="curve">{panels.curve}</Tabs.Panel>
      <Tabs.Panel value="drift">{panels.drift}</Tabs.Panel>
    </Tabs>
  );
}
