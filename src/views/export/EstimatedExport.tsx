import { Button } from '@mantine/core';
import { formatBytes } from '../../lib/numbers';
import type { EstimatedKind } from '../../state/exportSlice';
import { studio, useStudio } from '../../state/store';
import { Delivery } from './Delivery';
import { exportWords, savedText } from './deliveries';

interface EstimatedExportProps {
  readonly kind: EstimatedKind;
  /** Of the file as it is, in bytes. */
  readonly size: number;
  readonly delivered: string | undefined;
  onExport(): void;
}

/** An export that is worth it only where it is smaller: its size is estimated first. */
export function EstimatedExport({ kind, size, delivered, onExport }: EstimatedExportProps) {
  const estimated = useStudio((state) => state.sizeEstimates[kind]);
  const words = exportWords[kind];
  // ONNX says exactly when nothing would become sparse.
  const isPointless = kind === 'sparse-onnx' && estimated !== undefined && estimated >= size;
  return (
    <Delivery
      words={words}
      delivered={delivered}
      size={estimated === undefined ? undefined : `≈ ${formatBytes(estimated)}, ${savedText(estimated, size)}`}
    >
      {estimated === undefined ? (
        <Button aria-label={`Estimate the size: ${words.title}`} onClick={() => studio.getState().estimateSize(kind)}>
          Estimate size
        </Button>
      ) : (
        <Button aria-label={`Download: ${words.title}`} disabled={isPointless} onClick={onExport}>
          Download
        </Button>
      )}
    </Delivery>
  );
}
