import { Button, CopyButton } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { useMemo } from 'react';
import { loadLines, mainContainer } from '../../reports/loadLines';
import type { OpenedCheckpoint } from '../../state/checkpointSlice';
import classes from './LoadAgain.module.css';

interface LoadAgainProps {
  readonly checkpoint: OpenedCheckpoint;
  /** What the one file is called now; undefined: the parts keep their own names. */
  readonly name: string | undefined;
}

/** What one does with the file next: the lines that load it. */
export function LoadAgain({ checkpoint, name }: LoadAgainProps) {
  const { can, layers, parts } = checkpoint;
  const container = useMemo(() => mainContainer(layers), [layers]);
  const names = name === undefined ? parts.map((part) => part.name) : [name];
  const code = loadLines({ can, container, names }).join('\n');
  if (code === '') return null;
  return (
    <section className={classes.load} aria-labelledby="load-again">
      <div className={classes.head}>
        <h3 id="load-again">Load it in Python</h3>
        <CopyButton value={code}>
          {({ copied, copy }) => (
            <Button
              size="compact-xs"
              leftSection={copied ? <IconCheck size={14} stroke={1.8} /> : <IconCopy size={14} stroke={1.6} />}
              onClick={copy}
            >
              {copied ? 'Copied' : 'Copy'}
            </Button>
          )}
        </CopyButton>
      </div>
      <pre className={classes.code}>{code}</pre>
      {can.needsTrust && (
        <p className={classes.trust}>It names code, which Python then runs: only where you trust its source.</p>
      )}
    </section>
  );
}
