/** The samples beside the page, and the labelled inputs that come with them. */
import { CheckpointError, isFetchFailure, notFetched } from '../lib/errors';

/** @throws CheckpointError `not-fetched`, `file-unreadable`, `cancelled` */
export async function fetchSample(name: string, signal: AbortSignal): Promise<File> {
  const response = await fetch(`${import.meta.env.BASE_URL}samples/${encodeURIComponent(name)}`, { signal }).catch(
    (cause: unknown) => {
      throw isFetchFailure(cause) ? notFetched('The sample', cause) : cause;
    },
  );
  if (!response.ok) {
    throw new CheckpointError(
      'file-unreadable',
      `The sample could not be fetched: the server said ${response.status}.`,
    );
  }
  return new File([await response.blob()], name);
}

/** The test set that samples.json names for a sample, where it names one. */
export async function testSetOf(sample: string, signal: AbortSignal): Promise<File | undefined> {
  const list = await fetchSample('samples.json', signal);
  const samples: { file: string; testSet?: string }[] = JSON.parse(await list.text());
  const name = samples.find(({ file }) => file === sample)?.testSet;
  return name === undefined ? undefined : fetchSample(name, signal);
}
