import { Popover, UnstyledButton } from '@mantine/core';
import { IconHelpCircle } from '@tabler/icons-react';
import { formatBytes } from '../../lib/numbers';
import { payoff } from '../../state/actions/presets';
import { useStudio } from '../../state/store';
import { perform } from '../parts/actions/perform';
import classes from './FileSize.module.css';

/** The honest size: pruning by zeros does not make the file smaller. */
export function FileSize({ size }: { size: number }) {
  const gzip = useStudio((state) => state.sizeEstimates.gzip);
  return (
    <div className={classes.size}>
      <div className={classes.label}>File</div>
      <div className={classes.sentence}>
        <b>{formatBytes(size)}</b>{' '}
        <span className={classes.label}>
          — {gzip === undefined ? 'zeros don’t shrink the file' : `≈ ${formatBytes(gzip)} gzipped`}
        </span>
        <Popover width={320} position="bottom-start" trapFocus returnFocus>
          <Popover.Target>
            <UnstyledButton className={classes.why} aria-label="Why zeros don’t shrink the file">
              <IconHelpCircle size={15} stroke={1.7} aria-hidden />
            </UnstyledButton>
          </Popover.Target>
          <Popover.Dropdown aria-label="Why zeros don’t shrink the file">
            A pruned weight is stored as a zero of the same width, so the file loads wherever the original does and is
            exactly as large. Zeros pay off when the file is compressed, or where a runtime skips them: Export… › More
            estimates the compressed size and writes it.
          </Popover.Dropdown>
        </Popover>
      </div>
      <UnstyledButton className={classes.pays} onClick={() => perform(payoff)}>
        Where will this pay?
      </UnstyledButton>
    </div>
  );
}
