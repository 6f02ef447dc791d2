import { Button, Menu } from '@mantine/core';
import { IconChevronDown, IconLock } from '@tabler/icons-react';
import { useMemo } from 'react';
import { formatPercent } from '../../lib/numbers';
import { presets } from '../../pruning/presets';
import { isBusy } from '../../state/actions';
import { applyToModel, gradual } from '../../state/actions/presets';
import type { MetricId } from '../../state/evaluation';
import { metrics, metricValue } from '../../state/metrics';
import { studio, useStudio } from '../../state/store';
import { perform } from '../parts/actions/perform';
import { useOwnSettings } from '../parts/locks/ownSettings';
import { OutcomeBars } from './OutcomeBars';
import { byHarm, type Pictured, pictureOf } from './outcomePicture';
import classes from './PresetsMenu.module.css';

/** Common ways to prune the whole model, each with what it would do to this one. */
export function PresetsMenu() {
  const busy = useStudio(isBusy);
  return (
    // Within the header: a page's content belongs inside its landmarks.
    <Menu withinPortal={false} width={560} keepMounted={false}>
      <Menu.Target>
        <Button fw={500} disabled={busy} rightSection={<IconChevronDown size={14} />}>
          Presets
        </Button>
      </Menu.Target>
      <Menu.Dropdown className={classes.menu}>
        <PresetItems />
        <Menu.Divider />
        <Menu.Item onClick={() => perform(gradual)}>
          <span className={classes.item}>
            <span className={classes.words}>
              <b>{gradual.label}</b>
              <span>{gradual.about}</span>
            </span>
          </span>
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

/** Drawn when the menu opens: the pictures are of the recipe as it is then. */
function PresetItems() {
  const recipe = useStudio((state) => state.recipe);
  const checkpoint = useStudio((state) => state.checkpoint);
  const candidates = useStudio((state) => state.candidates);
  const evaluation = useStudio((state) => state.evaluation);
  const { metric } = evaluation;
  const pictures = useMemo(() => {
    const { preview } = studio.getState();
    const shown = presets.map((preset) => ({
      preset,
      picture: pictureOf(preset, { checkpoint, recipe, candidates, preview, evaluation }),
    }));
    return byHarm(shown, metric);
  }, [checkpoint, recipe, candidates, evaluation, metric]);
  const own = useOwnSettings();
  const isAnyEvaluated = pictures.some(({ picture }) => picture.kind === 'shown' && picture.evaluation);
  return (
    <>
      <Menu.Label>
        For the whole model, one click and one undo.{' '}
        {isAnyEvaluated ? 'Those evaluated first, the least harm on top' : 'The mildest first'}
      </Menu.Label>
      {own && (
        <Menu.Item
          className={classes.keep}
          closeMenuOnClick={false}
          leftSection={<IconLock size={14} stroke={1.8} />}
          onClick={() => own.keep()}
        >
          <b>{own.label}</b>{' '}
          <span>
            <bdi>{own.who}</bdi> {own.text}
          </span>
        </Menu.Item>
      )}
      {pictures.map(({ preset, picture }) => (
        <PresetItem key={preset.id} preset={preset} picture={picture} metric={metric} />
      ))}
    </>
  );
}

function PresetItem({ preset, picture, metric }: Pictured & { readonly metric: MetricId }) {
  const apply = () => applyToModel(preset, studio.getState());
  const evaluated = picture.kind === 'shown' ? picture.evaluation : undefined;
  const value = evaluated && metricValue(evaluated, metric);
  return (
    <Menu.Item disabled={picture.kind === 'refused'} onClick={apply}>
      <span className={classes.item}>
        <span className={classes.words}>
          <b>{preset.title}</b>
          <span>{picture.kind === 'refused' ? picture.why : preset.sentence}</span>
        </span>
        {picture.kind === 'shown' && (
          <span className={classes.picture}>
            <OutcomeBars sparsities={picture.sparsities} isEstimate={picture.needsPass} />
            <span className={classes.share}>
              {picture.needsPass ? 'needs a pass' : `${formatPercent(picture.overall)} zero`}
            </span>
            {value !== undefined && (
              <span className={classes.share}>
                {metrics[metric].label} {metrics[metric].text(value)}
              </span>
            )}
          </span>
        )}
      </span>
    </Menu.Item>
  );
}
