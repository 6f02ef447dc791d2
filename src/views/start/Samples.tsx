import { Loader, UnstyledButton } from '@mantine/core';
import { IconFileDatabase } from '@tabler/icons-react';
import { formatBytes } from '../../lib/numbers';
import { useStudio } from '../../state/store';
import { useSamples } from '../parts/samples';
import classes from './Samples.module.css';

export function Samples() {
  const samples = useSamples();
  const openSample = useStudio((state) => state.openSample);
  const opening = useStudio(({ status }) => (status.kind === 'opening' ? status.fileName : null));
  if (samples.length === 0) return null;
  return (
    <section className={classes.samples} aria-labelledby="samples">
      <h3 id="samples">Or try a sample</h3>
      <div className={classes.cards}>
        {samples.map(({ file, title, bytes, description }) => (
          <UnstyledButton
            key={file}
            className={classes.card}
            disabled={opening !== null}
            onClick={() => openSample(file)}
          >
            <span className={classes.title}>
              {opening === file ? (
                <Loader size={18} aria-label="Opening" />
              ) : (
                <IconFileDatabase size={18} stroke={1.6} aria-hidden />
              )}
              <b>{title}</b>
              <span className={classes.size}>{formatBytes(bytes)}</span>
            </span>
            <span className={classes.description}>{description}</span>
          </UnstyledButton>
        ))}
      </div>
    </section>
  );
}
