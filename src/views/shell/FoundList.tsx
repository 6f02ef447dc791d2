import { Button, UnstyledButton } from '@mantine/core';
import { namesInWords } from '../../lib/fileNames';
import { formatBytes, formatQuantity } from '../../lib/numbers';
import type { FoundCheckpoint, Question } from '../../state/fileSlice';
import { studio } from '../../state/store';
import classes from './FoundList.module.css';

/** The checkpoints of a folder that was dropped, one of which is to be opened. */
export function FoundList({ checkpoints, rest }: NonNullable<Question['found']>) {
  const { answer, openFound } = studio.getState();
  return (
    <div className={classes.body}>
      <p>Several checkpoints are in this folder. Which one is to be opened?</p>
      <ul className={classes.list}>
        {checkpoints.map((found, i) => (
          <li key={`${found.folder}/${found.name}`}>
            <UnstyledButton
              className={classes.found}
              onClick={() => void openFound(found)}
              data-autofocus={i === 0 || undefined}
            >
              <span className={classes.name}>
                <bdi>{found.name}</bdi>
                {found.folder !== '' && <bdi className={classes.dim}>{found.folder}</bdi>}
              </span>
              <span className={classes.facts}>{factsOf(found)}</span>
            </UnstyledButton>
          </li>
        ))}
      </ul>
      {rest.length > 0 && <p className={classes.dim}>Left aside: {namesInWords(rest)}.</p>}
      <div className={classes.buttons}>
        <Button size="sm" onClick={() => void answer('cancel')}>
          Cancel
        </Button>
      </div>
    </div>
  );
}

function factsOf({ files, size, format, tensors }: FoundCheckpoint): string {
  const facts = [
    format ?? 'cannot be read',
    ...(tensors === undefined ? [] : [formatQuantity(tensors, 'tensor')]),
    ...(files.length > 1 ? [formatQuantity(files.length, 'file')] : []),
    formatBytes(size),
  ];
  return facts.join(' · ');
}
