import { Button } from '@mantine/core';
import { IconCircleCheck } from '@tabler/icons-react';
import { formatBytes, formatInteger, formatQuantity } from '../../lib/numbers';
import { download } from '../../state/download';
import type { ExportReport } from '../../state/studio';
import classes from './VerifiedReport.module.css';

/** The end of an export: what was counted as it was written. */
export function VerifiedReport({ report, onClose }: { report: ExportReport; onClose(): void }) {
  const { file, fileName, size, weights, zeros, changed, changedWithOthers } = report;
  const withOthers = changedWithOthers > 0 && `, ${formatInteger(changedWithOthers)} of them by sharing weights`;
  return (
    <>
      <div role="status" className={classes.report}>
        <IconCircleCheck size={26} stroke={1.6} aria-hidden />
        <div>
          <p className={classes.verified}>
            verified: {formatInteger(zeros)} zeros of {formatInteger(weights)}, {formatQuantity(changed, 'tensor')}{' '}
            changed
            {withOthers}, everything else identical
          </p>
          <p className={classes.file}>
            {file ? `${fileName} is in your downloads` : 'Saved where you chose'} · {formatBytes(size)}
          </p>
        </div>
      </div>
      <div className={classes.buttons}>
        {file && <Button onClick={() => download(file, fileName)}>Download again</Button>}
        <Button variant="filled" onClick={onClose} data-autofocus>
          Done
        </Button>
      </div>
    </>
  );
}
