import { Checkbox, Loader } from '@mantine/core';
import { canFollow, repairTakes } from '../../../state/repairState';
import { repairer, useRepair } from '../../parts/quality/useRepair';
import { durationText } from '../../parts/words/durationText';
import classes from './Repair.module.css';

/** Whether the repair is shown, and whether it follows the handle: there once a repair was made. */
export function Switches() {
  const hasReport = useRepair(({ report }) => report !== null);
  const wasPressed = useRepair((state) => state.wasPressed && state.took.length > 0);
  const isFresh = useRepair((state) => state.isFresh);
  const on = useRepair((state) => state.on);
  const live = useRepair((state) => state.live);
  const isFollowing = useRepair(({ status }) => status.kind === 'repairing' && status.isLive);
  const why = useRepair(whyNotFollowed);
  if (!hasReport && !wasPressed) return null;
  return (
    <div className={classes.switches}>
      {hasReport && (
        <Checkbox
          size="xs"
          label="Repaired"
          checked={on && isFresh}
          disabled={!isFresh}
          title={isFresh ? 'Off: shown, measured and exported as pruned' : 'The repair is of an earlier recipe'}
          onChange={(event) => repairer().setRepaired(event.currentTarget.checked)}
        />
      )}
      {wasPressed && (
        <>
          <Checkbox
            size="xs"
            label="Live repair"
            checked={live}
            title="The repair follows the handle where it rests, after the evaluation"
            onChange={(event) => repairer().setLiveRepair(event.currentTarget.checked)}
          />
          {isFollowing && <Loader size={14} role="img" aria-label="Repairing" />}
          {why !== '' && <span className={classes.note}>{why}</span>}
        </>
      )}
    </div>
  );
}

/** One sentence where a repair is to follow the handle and is too slow. */
function whyNotFollowed(state: Parameters<typeof canFollow>[0] & { readonly live: boolean }): string {
  const takes = repairTakes(state);
  if (!state.live || takes === undefined || canFollow(state)) return '';
  return `It takes ${durationText(takes)}: too long to follow the handle.`;
}
