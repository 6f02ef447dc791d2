import { Button } from '@mantine/core';
import { IconCircleCheck } from '@tabler/icons-react';
import { formatBytes, formatInteger, formatQuantity } from '../../lib/numbers';
import type { OpenedCheckpoint } from '../../state/checkpointSlice';
import { downloadAll } from '../../state/download';
import type { ExportedFile, ExportReport } from '../../state/exportSlice';
import { exportAsDownload } from './asDownload';
import { LoadAgain } from './LoadAgain';
import classes from './VerifiedReport.module.css';

interface VerifiedReportProps {
  readonly report: ExportReport;
  readonly checkpoint: OpenedCheckpoint;
  onClose(): void;
}

/** The end of an export: what was counted as it was written, how to go on with it, and where it is. */
export function VerifiedReport({ report, checkpoint, onClose }: VerifiedReportProps) {
  const { files, weights, zeros, changed, changedWithOthers } = report;
  const withOthers = changedWithOthers > 0 && `, ${formatInteger(changedWithOthers)} of them by sharing weights`;
  const [first] = files;
  return (
    <>
      <div role="status" className={classes.report}>
        <IconCircleCheck size={26} stroke={1.6} aria-hidden />
        <p className={classes.verified}>
          verified: {formatInteger(zeros)} zeros of {formatInteger(weights)}, {formatQuantity(changed, 'tensor')}{' '}
          changed
          {withOthers}, everything else identical
        </p>
      </div>
      {first && <LoadAgain checkpoint={checkpoint} name={checkpoint.parts.length === 1 ? first.name : undefined} />}
      {/* Where the button was that was pressed. */}
      <div className={classes.end}>
        <Files {...report} />
        <div className={classes.buttons}>
          {isDownload(report) && <Button onClick={() => downloadAgain(report)}>Download again</Button>}
          <Button variant="filled" onClick={onClose} data-autofocus>
            Done
          </Button>
        </div>
      </div>
    </>
  );
}

function isDownload({ files, streamed }: ExportReport): boolean {
  return streamed === true || files.some(({ file }) => file);
}

/** What was streamed is nowhere but in the downloads: it is written once more. */
function downloadAgain({ files, streamed }: ExportReport): void {
  if (streamed) void exportAsDownload(files[0]?.name);
  else downloadAll(files);
}

function Files(report: ExportReport) {
  const { files, holds } = report;
  const [first, ...others] = files;
  if (!first) return <p className={classes.file}>No file changed, so there is none to write</p>;
  const place = (what: string) => (isDownload(report) ? `${what} in your downloads` : `${what} saved where you chose`);
  if (holds) {
    return (
      <div role="status" className={classes.files}>
        {place(`${first.name} is`)} · {formatBytes(first.size)}: it holds the {formatInteger(holds.length)} files that
        changed, under their own names. Unpack it in the place of the originals.
        <Names files={holds} />
      </div>
    );
  }
  if (others.length === 0) {
    return (
      <p role="status" className={classes.file}>
        <IconCircleCheck size={16} stroke={1.8} aria-hidden />
        <span>
          {place(`${first.name} is`)} · {formatBytes(first.size)}
        </span>
      </p>
    );
  }
  return (
    <div role="status" className={classes.files}>
      {place(`${files.length} files are`)}, under their own names: put them in the place of the originals.
      <Names files={files} />
    </div>
  );
}

const mostNamed = 20;

function Names({ files }: { files: readonly Pick<ExportedFile, 'name' | 'size'>[] }) {
  return (
    <ul>
      {files.slice(0, mostNamed).map(({ name, size }) => (
        <li key={name}>
          {name} · {formatBytes(size)}
        </li>
      ))}
      {files.length > mostNamed && <li>and {formatInteger(files.length - mostNamed)} more</li>}
    </ul>
  );
}
