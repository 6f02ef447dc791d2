/** Long work that never waits for anything: it lets messages in from time to time, a cancel among them. */

/** Milliseconds of work between. */
const turn = 20;

export class Turns {
  private since = performance.now();

  /** Resolves at once, or after everything that waits for this thread had its turn. */
  async next(): Promise<void> {
    if (performance.now() - this.since < turn) return;
    await allOthers();
    this.since = performance.now();
  }
}

/** A message to itself: browsers make timers wait for milliseconds. */
function allOthers(): Promise<void> {
  const { port1, port2 } = new MessageChannel();
  return new Promise((resolve) => {
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(undefined);
  });
}
