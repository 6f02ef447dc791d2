import { Button } from '@mantine/core';
import { studio, useStudio } from '../../state/store';
import { Delivery } from './Delivery';
import { repairWords } from './deliveries';

/** The side file of a repair of this recipe. */
export function RepairedWeights() {
  const isFresh = useStudio(({ repair }) => repair.isFresh);
  if (!isFresh) return null;
  return (
    <Delivery words={repairWords} delivered={undefined}>
      <Button aria-label={`Download: ${repairWords.title}`} onClick={() => void studio.getState().saveRepair()}>
        Download
      </Button>
    </Delivery>
  );
}
