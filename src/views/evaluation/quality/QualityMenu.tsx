import { ActionIcon, Menu } from '@mantine/core';
import {
  IconChevronDown,
  IconDatabaseImport,
  IconLink,
  IconPlayerPlay,
  IconPower,
  IconTable,
  IconWand,
} from '@tabler/icons-react';
import { formatInteger } from '../../../lib/numbers';
import { qualityActions } from '../../../state/actions/quality';
import type { MetricId } from '../../../state/evaluation';
import { metrics, metricValue } from '../../../state/metrics';
import { ActionItem } from '../../parts/actions/ActionItem';
import { perform } from '../../parts/actions/perform';
import { classNames } from '../../parts/classNames';
import { metricText } from '../../parts/quality/metricText';
import { evaluator, useEvaluation } from '../../parts/quality/useEvaluation';
import { flattery, isRandom } from '../figures';
import classes from './Quality.module.css';

const icon = { size: 16, stroke: 1.6 };

/** Which figure is shown, when it is measured, and on what. */
export function QualityMenu() {
  const live = useEvaluation((state) => state.live);
  const graph = useEvaluation((state) => state.graph);
  const hasInputs = useEvaluation((state) => state.inputs !== null);
  const isPaired = graph?.pairing.pairs.some(({ match }) => match !== 'same file') ?? false;
  return (
    <Menu withinPortal={false} position="bottom-start" closeOnItemClick>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" size={24} aria-label="Quality options" title="Quality options">
          <IconChevronDown size={15} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown className={classNames(classes.menu)}>
        {hasInputs && (
          <>
            <MetricItems />
            <Menu.Divider />
            <Menu.CheckboxItem checked={live} onChange={() => perform(qualityActions.live)}>
              {qualityActions.live.label}
            </Menu.CheckboxItem>
            <ActionItem action={qualityActions.now} icon={<IconPlayerPlay {...icon} />} />
            <ActionItem action={qualityActions.figures} icon={<IconTable {...icon} />} />
            <ActionItem action={qualityActions.tune} icon={<IconWand {...icon} />} />
          </>
        )}
        {graph && <ActionItem action={qualityActions.inputs} icon={<IconDatabaseImport {...icon} />} />}
        {isPaired && <ActionItem action={qualityActions.pairing} icon={<IconLink {...icon} />} />}
        <Menu.Divider />
        <ActionItem action={qualityActions.off} icon={<IconPower {...icon} />} />
        <RuntimeLine />
      </Menu.Dropdown>
    </Menu>
  );
}

function MetricItems() {
  const metric = useEvaluation((state) => state.metric);
  const atHand = useEvaluation((state) => state.metrics);
  const evaluation = useEvaluation((state) => state.evaluation);
  const source = useEvaluation((state) => state.source);
  return (
    <Menu.RadioGroup value={metric} onChange={(id) => evaluator().setMetric(id as MetricId)}>
      {isRandom(source) && <p className={`${classes.helps} ${classes.caution}`}>{flattery}</p>}
      {atHand.map((id) => {
        const value = evaluation ? metricValue(evaluation, id) : undefined;
        return (
          <Menu.RadioItem
            key={id}
            value={id}
            rightSection={<span className={classes.value}>{value === undefined ? '' : metricText(id, value)}</span>}
          >
            {metrics[id].label}
            <p className={classes.helps}>{metrics[id].help}</p>
          </Menu.RadioItem>
        );
      })}
    </Menu.RadioGroup>
  );
}

/** What runs it and how fast. */
function RuntimeLine() {
  const runtime = useEvaluation((state) => state.graph?.runtime.label);
  const milliseconds = useEvaluation((state) => state.inputs?.baseline.milliseconds);
  if (runtime === undefined) return null;
  return (
    <div className={classes.runtime}>
      {runtime}
      {milliseconds !== undefined && ` · ${formatInteger(milliseconds)} ms a run`}
    </div>
  );
}
