/** What the page does not need at first is fetched one by one, when it has nothing else to do. */

const waiting: (() => Promise<unknown>)[] = [];
let isIdle = false;
let isFetching = false;

/** Once the page is loaded. */
export function fetchWhenIdle(): void {
  isIdle = true;
  void fetchAll();
}

/** @param fetch what it rejects with is said where the part is used */
export function enqueue(fetch: () => Promise<unknown>): void {
  waiting.push(fetch);
  if (isIdle) void fetchAll();
}

async function fetchAll(): Promise<void> {
  if (isFetching) return;
  isFetching = true;
  for (let fetch = waiting.shift(); fetch; fetch = waiting.shift()) {
    await idle();
    await fetch().catch(() => {});
  }
  isFetching = false;
}

function idle(): Promise<unknown> {
  return new Promise((resolve) => {
    // Safari has none.
    if ('requestIdleCallback' in globalThis) requestIdleCallback(resolve, { timeout: 1000 });
    else setTimeout(resolve, 50);
  });
}
