import { Button, CopyButton } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { type ReactNode, useId } from 'react';
import classes from './CodeToCopy.module.css';

interface CodeToCopyProps {
  readonly title: string;
  readonly code: string;
  /** Below it. */
  readonly children?: ReactNode;
}

/** Lines that are run elsewhere. */
export function CodeToCopy({ title, code, children }: CodeToCopyProps) {
  const id = useId();
  return (
    <section className={classes.section} aria-labelledby={id}>
      <div className={classes.head}>
        <h3 id={id}>{title}</h3>
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
      {children}
    </section>
  );
}
