import { Button, CloseButton, UnstyledButton } from '@mantine/core';
import { IconFile, IconFileDatabase, IconPlayerPlay } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { formatBytes, formatQuantity } from '../../lib/numbers';
import { roundsOf } from '../../pruning/decide';
import { parseRecipe } from '../../pruning/parseRecipe';
import { studio, useStudio } from '../../state/store';
import { forgetFile, hasToBeChosen, openAgain, refreshRecent, useRecent, workLeft } from '../../state/work/recent';
import type { KeptFile } from '../../state/work/shelf';
import { agoText } from '../parts/words/agoText';
import { workText } from '../parts/words/workText';
import classes from './Recent.module.css';

/** Until someone asks for all. */
const fewFiles = 4;

interface RecentProps {
  readonly part: 'work' | 'files';
}

/** Work that was left, and files of earlier visits: each has its place on the start page. Nothing on a first visit. */
export function Recent({ part }: RecentProps) {
  useEffect(() => {
    const refresh = () => void refreshRecent();
    refresh();
    // Other tabs may have done something meanwhile.
    window.addEventListener('focus', refresh);
    return () => window.removeEventListener('focus', refresh);
  }, []);
  return part === 'work' ? <Waiting /> : <RecentFiles />;
}

/** A recipe that came first, and work that was left. */
function Waiting() {
  const awaited = useStudio((state) => state.awaited);
  return (
    <>
      {awaited && <AwaitedRecipe {...awaited} />}
      <WorkLeft />
    </>
  );
}

function AwaitedRecipe({ name, text }: { readonly name: string; readonly text: string }) {
  const rules = roundsOf(parseRecipe(text)).flat().length;
  return (
    <section className={classes.left} aria-labelledby="awaited">
      <div className={classes.words} role="status">
        <h3 id="awaited">A recipe waits</h3>
        <p>
          <bdi className={classes.name}>{name}</bdi>
          <span className={classes.dim}>
            {formatQuantity(rules, 'rule')}, for the next checkpoint that you open: choose one below.
          </span>
        </p>
      </div>
      <Button onClick={studio.getState().forgetAwaited}>Open without it</Button>
    </section>
  );
}

function RecentFiles() {
  const files = useRecent((recent) => recent.files);
  const [showsAll, setShowsAll] = useState(false);
  if (files.length === 0) return null;
  const shown = showsAll ? files : files.slice(0, fewFiles);
  return (
    <section className={classes.recent} aria-labelledby="recent">
      <h3 id="recent">Recent files</h3>
      <ul>
        {shown.map((file) => (
          <RecentFile key={file.hash} file={file} />
        ))}
      </ul>
      {shown.length < files.length && (
        <Button size="compact-sm" onClick={() => setShowsAll(true)}>
          All {files.length} files
        </Button>
      )}
    </section>
  );
}

function useIsOpening(): boolean {
  return useStudio(({ status }) => status.kind === 'opening');
}

function WorkLeft() {
  const files = useRecent((recent) => recent.files);
  const claimed = useRecent((recent) => recent.claimed);
  const isOpening = useIsOpening();
  const left = workLeft({ files, claimed });
  if (!left) return null;
  const { file, work } = left;
  return (
    <section className={classes.left} aria-labelledby="left">
      <div className={classes.words}>
        <h3 id="left">Continue where you left off</h3>
        <p>
          <bdi className={classes.name}>{file.fileName}</bdi>
          <span className={classes.dim}>{workText(work)}</span>
        </p>
        {hasToBeChosen(file) && <p className={classes.dim}>You will be asked to choose the file once more.</p>}
      </div>
      <Button
        variant="filled"
        leftSection={<IconPlayerPlay size={16} stroke={1.7} />}
        disabled={isOpening}
        onClick={() => void openAgain(file, work)}
      >
        {hasToBeChosen(file) ? 'Continue…' : 'Continue'}
      </Button>
    </section>
  );
}

function RecentFile({ file }: { readonly file: KeptFile }) {
  const claimed = useRecent((recent) => recent.claimed);
  const [isAsked, setAsked] = useState(false);
  const isOpening = useIsOpening();
  const { fileName, format, size, at, sample, works } = file;
  if (isAsked) {
    return (
      <li className={classes.asked}>
        <span>
          Forget <bdi>{fileName}</bdi> and its kept work ({formatQuantity(works.length, 'piece')})?
        </span>
        <Button size="compact-sm" onClick={() => setAsked(false)} data-autofocus>
          Keep
        </Button>
        <Button size="compact-sm" variant="filled" color="red" onClick={() => void forgetFile(file)}>
          Forget
        </Button>
      </li>
    );
  }
  const isElsewhere = works.some(({ id }) => claimed.has(id));
  const facts = [
    sample === null ? format : 'sample',
    formatBytes(size),
    agoText(at),
    ...(works.length > 0 ? ['work kept'] : []),
    ...(isElsewhere ? ['in another tab'] : []),
  ];
  const Icon = sample === null ? IconFile : IconFileDatabase;
  return (
    <li>
      <UnstyledButton className={classes.file} disabled={isOpening} onClick={() => void openAgain(file)}>
        <Icon size={16} stroke={1.6} aria-hidden />
        <bdi className={classes.name}>{fileName}</bdi>
        <span className={classes.dim}>
          {facts.join(' · ')}
          {hasToBeChosen(file) && ' · choose it again'}
        </span>
      </UnstyledButton>
      <CloseButton
        size="sm"
        aria-label={`Forget ${fileName}`}
        title="Forget this file"
        onClick={() => (works.length > 0 ? setAsked(true) : void forgetFile(file))}
      />
    </li>
  );
}
