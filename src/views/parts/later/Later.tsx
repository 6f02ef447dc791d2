import { type ReactNode, useEffect, useState, useSyncExternalStore } from 'react';
import { LoadFailure } from './LoadFailure';
import type { LaterPart } from './laterPart';

interface LaterProps<Props> {
  readonly part: LaterPart<Props>;
  /** The part's own properties. */
  readonly with: Props;
  /** Whether it is fetched at once where it is not there yet; once it is there it is drawn in any case. */
  readonly isWanted?: boolean;
  /** In its place until then. */
  readonly meanwhile?: ReactNode;
}

/** Milliseconds until what could not be fetched is tried again. */
const pause = 3000;

/** Draws a part that is fetched later. What cannot be fetched is said in an alert, and tried again. */
export function Later<Props extends object>({
  part,
  with: props,
  isWanted = true,
  meanwhile = null,
}: LaterProps<Props>): ReactNode {
  const Part = useSyncExternalStore(part.subscribe, part.get);
  const isAwaited = isWanted && !Part;
  const { hasFailed, tryAgain } = useFetching(part, isAwaited);
  if (Part) return <Part {...props} />;
  if (!isAwaited) return null;
  return (
    <>
      {meanwhile}
      {hasFailed && <LoadFailure onTryAgain={tryAgain} />}
    </>
  );
}

function useFetching<Props>(part: LaterPart<Props>, isAwaited: boolean) {
  const [attempt, setAttempt] = useState(0);
  const [hasFailed, setFailed] = useState(false);
  const tryAgain = () => setAttempt((attempt) => attempt + 1);
  // biome-ignore lint/correctness/useExhaustiveDependencies: every attempt fetches
  useEffect(() => {
    if (!isAwaited) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let isOver = false;
    part.fetch().catch(() => {
      if (isOver) return;
      setFailed(true);
      timer = setTimeout(tryAgain, pause);
    });
    return () => {
      isOver = true;
      clearTimeout(timer);
    };
  }, [part, isAwaited, attempt]);
  return { hasFailed, tryAgain };
}
