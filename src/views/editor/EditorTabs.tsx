import { Tabs } from '@mantine/core';
import type { ReactNode } from 'react';
import type { Layer } from '../../state/studio';
import { DriftPanel } from '../evaluation/drift/DriftPanel';
import { CurvePanel } from '../evaluation/sensitivity/CurvePanel';
import { HeatMapPanel as SensitivityPanel } from '../evaluation/sensitivity/HeatMapPanel';
import classes from './EditorTabs.module.css';
import { HeatMapCard } from './heatMap/HeatMapCard';

interface EditorTabsProps {
  readonly layer: Layer;
  readonly layers: readonly Layer[];
  /** The weights and the threshold on them. */
  readonly distribution: ReactNode;
}

/** What is known of the shown layer: its weights, and what the model's quality has to say about it. */
export function EditorTabs({ layer, layers, distribution }: EditorTabsProps) {
  return (
    <Tabs className={classes.card!} defaultValue="distribution" keepMounted={false} variant="none">
      <Tabs.List className={classes.list!} aria-label="What to show">
        <Tabs.Tab className={classes.tab!} value="distribution">
          Distribution
        </Tabs.Tab>
        <Tabs.Tab className={classes.tab!} value="heat">
          Heat map
        </Tabs.Tab>
        <Tabs.Tab className={classes.tab!} value="sensitivity">
          Sensitivity
        </Tabs.Tab>
        <Tabs.Tab className={classes.tab!} value="curve">
          Curve
        </Tabs.Tab>
        <Tabs.Tab className={classes.tab!} value="drift">
          Drift
        </Tabs.Tab>
      </Tabs.List>
      <Tabs.Panel value="distribution">{distribution}</Tabs.Panel>
      <Tabs.Panel value="heat">
        <HeatMapCard layer={layer} layers={layers} />
      </Tabs.Panel>
      <Tabs.Panel value="sensitivity">
        <SensitivityPanel />
      </Tabs.Panel>
      <Tabs.Panel value="curve">
        <CurvePanel layer={layer} layers={layers} />
      </Tabs.Panel>
      <Tabs.Panel value="drift">
        <DriftPanel />
      </Tabs.Panel>
    </Tabs>
  );
}
