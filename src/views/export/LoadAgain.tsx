import { useMemo } from 'react';
import { loadLines } from '../../reports/loadLines';
import type { OpenedCheckpoint } from '../../state/checkpointSlice';
import { mainContainer } from '../../tensors/mainContainer';
import { CodeToCopy } from '../parts/code/CodeToCopy';

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
    <CodeToCopy title="Load it in Python" code={code}>
      {can.needsTrust && <p>It names code, which Python then runs: only where you trust its source.</p>}
    </CodeToCopy>
  );
}
