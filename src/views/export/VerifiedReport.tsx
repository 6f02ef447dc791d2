import { Button } from '@mantine/core';
import { IconCircleCheck } from '@tabler/icons-react';
import { formatBytes, formatInteger, formatQuantity } from '../../lib/numbers';
import { downloadAll } from '../../state/download';
import type { ExportedFile, ExportReport } from '../../state/exportSlice';
import classes from './VerifiedReport.module.css';

/** The end of an export: what was counted as it was written. */
export function VerifiedReport({ report, onClose }: { report: ExportReport; onClose(): void }) {
  const { files, weights, zeros, changed, changedWithOthers } = report;
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
          <Files files={files} />
        </div>
      </div>
      <div className={classes.buttons}>
        {files.some(({ file }) => file) && <Button onClick={() => downloadAll(files)}>Download again</Button>}
        <Button variant="filled" onClick={onClose} data-autofocus>
          Done
        </Button>
      </div>
    </>
  );
}

function Files({ files }: { files: readonly ExportedFile[] }) {
  const [first, ...others] = files;
  if (!first) return <p className={classes.file}>No file changed, so there is none to write</p>;
  const place = (what: string) => (first.file ? `${what} in your downloads` : 'Saved where you chose');
  if (others.length === 0) {
    return (
      <p className={classes.file}>
        {place(`${first.name} is`)} · {formatBytes(first.size)}
      </p>
    );
  }
  return (
    <div className={classes.file}>
      {place(`${files.length} files are`)}, under their own names:
      <ul className={classes.files}>
        {files.map(({ name, size }) => (
          <li key={name}>
            {name} · {formatBytes(size)}
          </li>
        ))}
      </ul>
    </div>
  );
}
