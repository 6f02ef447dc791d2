import { Button, Checkbox } from '@mantine/core';
import { IconArrowRight, IconDeviceFloppy, IconDownload } from '@tabler/icons-react';
import { useMemo, useState } from 'react';
import { formatBytes, formatInteger } from '../../lib/numbers';
import type { OpenedCheckpoint } from '../../state/checkpointSlice';
import { prunedName } from '../../state/exporting';
import { type ExportName, exportName, extensionOf } from '../../state/exportName';
import { repairInForce } from '../../state/repairState';
import { screen } from '../../state/screen';
import { studio, useStudio } from '../../state/store';
import { RemarkList } from '../parts/remarks/RemarkList';
import { remarksOf } from '../parts/remarks/remarks';
import { exportAsDownload } from './asDownload';
import classes from './ExportForm.module.css';
import { hasMuchElse, LeanCheckpoint } from './LeanCheckpoint';
import { MoreExports } from './MoreExports';
import { NameField } from './NameField';
import { RepairNote } from './RepairNote';
import { SlimModel } from './SlimModel';
import { SummaryTable } from './SummaryTable';
import { canSaveAs, pickDestination } from './savePicker';

async function exportTo(suggestedName: string | undefined) {
  const destination = await pickDestination(suggestedName);
  if (destination) await studio.getState().exportCheckpoint({ destination });
}

function WhatChanges({ isRewritten }: { isRewritten: boolean }) {
  const isRepaired = useStudio(({ repair }) => repairInForce(repair) !== undefined);
  const changing = isRepaired ? 'Only pruned and repaired weights change' : 'Only pruned weights change';
  return (
    <span className={classes.promise}>
      {changing}; {isRewritten ? 'all else holds the same' : 'every other byte is copied as it is'}.
    </span>
  );
}

/** What will be written, what to know first, and the two ways to have it. */
export function ExportForm({ checkpoint }: { checkpoint: OpenedCheckpoint }) {
  const warnings = useStudio((state) => state.warnings);
  const isBusy = useStudio((state) => state.status.kind === 'exporting');
  const remarks = useMemo(() => remarksOf({ checkpoint, warnings }), [checkpoint, warnings]);
  const gzipSize = useStudio((state) => state.sizeEstimates.gzip);
  const { parts, fileName } = checkpoint;
  const extension = extensionOf(fileName);
  const [stem, setStem] = useState(() => prunedName(fileName).slice(0, -extension.length || undefined));
  const { name, refused }: ExportName = parts.length === 1 ? exportName(stem, extension) : {};
  const { compressedSize } = checkpoint;
  const [isUncompressed, setUncompressed] = useState(false);
  const isLeanFirst = useMemo(() => hasMuchElse(checkpoint), [checkpoint]);
  const cannot = checkpoint.readOnly !== undefined || (compressedSize !== undefined && !isUncompressed);
  return (
    <>
      <div className={classes.names}>
        <span className={classes.before}>{fileName}</span>
        <IconArrowRight size={16} stroke={1.7} aria-label="becomes" role="img" />
        {parts.length === 1 ? (
          <NameField
            value={stem}
            extension={extension}
            refused={refused}
            onChange={setStem}
            onSubmit={() => !cannot && !isBusy && exportAsDownload(name)}
          />
        ) : (
          <b>
            those of its {formatInteger(parts.length)} files that change, under their own names
            {parts.length > 9 && '; more than eight are downloaded as one zip'}
          </b>
        )}
        <span className={classes.format}>
          {checkpoint.format} · {formatBytes(checkpoint.size)},{' '}
          {compressedSize === undefined ? 'as large as the original' : `${formatBytes(compressedSize)} as it was given`}
          : zeros don’t shrink a dense file
          {gzipSize !== undefined && ` (≈ ${formatBytes(gzipSize)} gzipped)`}
        </span>
      </div>
      {remarks.length > 0 && (
        <section className={classes.remarks} aria-labelledby="read-first">
          <h3 id="read-first">Read this first</h3>
          <RemarkList remarks={remarks} onSelect={screen.getState().close} />
        </section>
      )}
      {compressedSize !== undefined && (
        <Checkbox
          label="Write its weights uncompressed"
          description={`They are compressed in the file, where they cannot be changed in place. What is written holds the same, and loads the same: ${formatBytes(checkpoint.size)} in the place of ${formatBytes(compressedSize)}.`}
          checked={isUncompressed}
          onChange={(event) => setUncompressed(event.currentTarget.checked)}
        />
      )}
      <RepairNote />
      <SummaryTable />
      {!isBusy && (
        <div className={classes.buttons}>
          <WhatChanges isRewritten={compressedSize !== undefined} />
          {canSaveAs(parts.length === 1 ? fileName : undefined) && (
            <Button
              size="sm"
              leftSection={<IconDeviceFloppy size={16} stroke={1.7} />}
              disabled={cannot || refused !== undefined}
              onClick={() => exportTo(name)}
            >
              Save to…
            </Button>
          )}
          <Button
            size="sm"
            variant="filled"
            leftSection={<IconDownload size={16} stroke={1.8} />}
            disabled={cannot || refused !== undefined}
            onClick={() => exportAsDownload(name)}
            data-autofocus
          >
            Download
          </Button>
        </div>
      )}
      {!isBusy && <SlimModel />}
      {isLeanFirst && <LeanCheckpoint checkpoint={checkpoint} isHidden={isBusy} />}
      <MoreExports checkpoint={checkpoint} isHidden={isBusy} hasLean={!isLeanFirst} />
    </>
  );
}
