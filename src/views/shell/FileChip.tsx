import { formatBytes, formatCount, formatQuantity } from '../../lib/numbers';
import type { OpenedCheckpoint } from '../../state/checkpointSlice';
import classes from './FileChip.module.css';
import { fileSummary } from './fileSummary';

/** The open file in one line; what does not fit is in its title. */
export function FileChip({ checkpoint }: { checkpoint: OpenedCheckpoint }) {
  const { tensors, parameters, dtypes } = fileSummary(checkpoint);
  const facts = [
    checkpoint.format,
    formatQuantity(tensors, 'tensor'),
    `${formatCount(parameters)} ${parameters === 1 ? 'parameter' : 'parameters'}`,
    dtypes,
    checkpoint.parts.length > 1 ? formatQuantity(checkpoint.parts.length, 'file') : '',
    formatBytes(checkpoint.size),
  ].filter((fact) => fact !== '');
  return (
    <div className={classes.chip} data-file title={[checkpoint.fileName, ...facts].join(' · ')}>
      <b className={classes.file}>{checkpoint.fileName}</b>
      <span className={classes.facts}>
        {facts.map((fact) => (
          <span key={fact}> · {fact}</span>
        ))}
      </span>
    </div>
  );
}
