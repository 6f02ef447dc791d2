import { Button } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { slimmer } from '../quality/useSlim';

/** The ways to have the smaller model of the recipe shown. */
export function SlimDownloads() {
  return (
    <>
      <Button
        size="compact-sm"
        variant="filled"
        leftSection={<IconDownload size={16} stroke={1.8} aria-hidden />}
        onClick={() => void slimmer().downloadSlim()}
      >
        Download slim model
      </Button>
      <Button
        size="compact-sm"
        title="What is kept of every tensor: replayable on another checkpoint of the same graph"
        onClick={() => void slimmer().downloadSlim('plan')}
      >
        slim-plan.json
      </Button>
    </>
  );
}
