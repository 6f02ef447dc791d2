import { Button } from '@mantine/core';
import { IconArrowsMinimize } from '@tabler/icons-react';
import { StepProgress } from '../parts/progress/StepProgress';
import { useEvaluation } from '../parts/quality/useEvaluation';
import { useRepair } from '../parts/quality/useRepair';
import { slimmer, useSlim } from '../parts/quality/useSlim';

/** The button, or how far it is. */
export function SlimAct() {
  const status = useSlim((state) => state.status);
  const isFresh = useSlim((state) => state.isFresh);
  const isElsewhere = useEvaluation(({ status: { kind } }) => kind === 'loading' || kind === 'searching');
  const isRepairing = useRepair((state) => state.status.kind === 'repairing');
  if (status.kind === 'slimming') {
    return <StepProgress of="Slim" status={status} onCancel={slimmer().cancelSlim} />;
  }
  return (
    <Button
      size="compact-sm"
      variant={isFresh ? 'default' : 'filled'}
      leftSection={<IconArrowsMinimize size={16} stroke={1.8} aria-hidden />}
      disabled={isElsewhere || isRepairing}
      onClick={() => void slimmer().slimNow()}
    >
      Slim
    </Button>
  );
}
