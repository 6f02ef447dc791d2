import { Button, UnstyledButton } from '@mantine/core';
import { IconChevronDown, IconChevronRight } from '@tabler/icons-react';
import { useState } from 'react';
import { formatBytes } from '../../lib/numbers';
import { csvReport } from '../../reports/csvReport';
import { htmlReport } from '../../reports/htmlReport';
import { jsonReport } from '../../reports/jsonReport';
import type { ReportSource } from '../../reports/outcomeRows';
import { scriptFilesOf } from '../../reports/pythonScript';
import type { OpenedCheckpoint } from '../../state/checkpointSlice';
import { download } from '../../state/download';
import { availableExports, prunedName, suffixed } from '../../state/exporting';
import type { ExportKind } from '../../state/exportSlice';
import { normsForRecipe } from '../../state/inputNorms';
import { repairInForce } from '../../state/repairState';
import { macsByTensor } from '../../state/slimState';
import { studio } from '../../state/store';
import { Delivery } from './Delivery';
import { exportWords, reportWords, scriptWords } from './deliveries';
import { EstimatedExport } from './EstimatedExport';
import { LeanCheckpoint } from './LeanCheckpoint';
import classes from './MoreExports.module.css';
import { pythonFor } from './pythonFor';
import { RepairedWeights } from './RepairedWeights';

const reports = {
  HTML: { write: htmlReport, type: 'text/html', extension: '.html' },
  CSV: { write: csvReport, type: 'text/csv', extension: '.csv' },
  JSON: { write: jsonReport, type: 'application/json', extension: '.json' },
} as const;

type ReportKind = keyof typeof reports;

/** What was delivered last, by the button that asked for it. */
interface Delivered {
  readonly by: string;
  readonly text: string;
}

/** Everything else that can be taken away, behind one button. */
export function MoreExports(props: {
  readonly checkpoint: OpenedCheckpoint;
  readonly isHidden: boolean;
  /** Whether a lean checkpoint is among them, and not offered before. */
  readonly hasLean: boolean;
}) {
  const { checkpoint, isHidden, hasLean } = props;
  const [isOpen, setOpen] = useState(false);
  const [delivered, setDelivered] = useState<Delivered | null>(null);
  const Chevron = isOpen ? IconChevronDown : IconChevronRight;
  const kinds = availableExports(checkpoint);

  const give = (by: string, file: Blob, fileName: string) => {
    download(file, fileName);
    setDelivered({ by, text: `${fileName} is in your downloads, ${formatBytes(file.size)}` });
  };
  const exportKind = async (kind: ExportKind) => {
    const made = await studio.getState().exportAs(kind);
    if (made) give(kind, made.file, made.name);
  };
  const exportReport = async (kind: ReportKind) => {
    const { recipe, repair, slim, settleExactly } = studio.getState();
    const outcomes = await settleExactly();
    if (!outcomes) return;
    const { write, type, extension } = reports[kind];
    const source: ReportSource = {
      ...checkpoint,
      prunedName: prunedName(checkpoint.fileName),
      recipe,
      outcomes,
      repair: repairInForce(repair),
      macs: slim.costs ? macsByTensor(slim.costs) : undefined,
    };
    give('report', new Blob([write(source)], { type }), suffixed(checkpoint.fileName, '-report', extension));
  };
  const exportScript = async () => {
    const state = studio.getState();
    const script = pythonFor(state);
    if (script === undefined) return;
    const norms = await normsForRecipe(state);
    if (norms) download(norms, 'prune.norms.safetensors');
    if (state.repair.isFresh) await state.saveRepair();
    give('script', new Blob([script], { type: 'text/x-python' }), 'prune.py');
    // The recipe stands in it.
    state.markSaved(state.recipe);
  };
  const said = (by: string) => (delivered?.by === by ? delivered.text : undefined);

  return (
    <section className={classes.more} aria-label="More exports" hidden={isHidden}>
      <UnstyledButton className={classes.toggle} aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        <Chevron size={16} stroke={1.8} aria-hidden /> More: masks, scripts, reports, smaller files
      </UnstyledButton>
      {isOpen && (
        <ul className={classes.list}>
          {kinds.map((kind) =>
            kind === 'gzip' || kind === 'sparse-onnx' ? (
              <EstimatedExport
                key={kind}
                kind={kind}
                size={checkpoint.size}
                delivered={said(kind)}
                onExport={() => exportKind(kind)}
              />
            ) : (
              <Delivery key={kind} words={exportWords[kind]} delivered={said(kind)}>
                <Button aria-label={`Download: ${exportWords[kind].title}`} onClick={() => exportKind(kind)}>
                  Download
                </Button>
              </Delivery>
            ),
          )}
          {hasLean && checkpoint.can.stateDict && (
            <li>
              <LeanCheckpoint checkpoint={checkpoint} isHidden={isHidden} />
            </li>
          )}
          <RepairedWeights />
          {scriptFilesOf(checkpoint) && (
            <Delivery words={scriptWords} delivered={said('script')}>
              <Button aria-label={`Download: ${scriptWords.title}`} onClick={exportScript}>
                Download
              </Button>
            </Delivery>
          )}
          <Delivery words={reportWords} delivered={said('report')}>
            {(Object.keys(reports) as ReportKind[]).map((kind) => (
              <Button key={kind} aria-label={`Download: ${kind} report`} onClick={() => exportReport(kind)}>
                {kind}
              </Button>
            ))}
          </Delivery>
        </ul>
      )}
    </section>
  );
}
