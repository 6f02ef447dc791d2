/** Memory of the browser under test: the anonymous resident memory of every process we started. Linux only. */
import { readdirSync, readFileSync } from 'node:fs';

/** @returns bytes, or NaN where there is no /proc */
export function descendantMemory(ancestor = process.pid) {
  const parents = new Map();
  const resident = new Map();
  let entries;
  try {
    entries = readdirSync('/proc').filter((entry) => /^\d+$/.test(entry));
  } catch {
    return Number.NaN;
  }
  for (const entry of entries) {
    try {
      const status = readFileSync(`/proc/${entry}/status`, 'utf8');
      parents.set(Number(entry), Number(/^PPid:\s+(\d+)/m.exec(status)?.[1]));
      resident.set(Number(entry), 1024 * Number(/^RssAnon:\s+(\d+)/m.exec(status)?.[1] ?? 0));
    } catch {
      // The process ended meanwhile.
    }
  }
  let total = 0;
  for (const [pid, bytes] of resident) {
    if (pid === ancestor) continue;
    let at = parents.get(pid);
    while (at && at !== ancestor) at = parents.get(at);
    if (at === ancestor) total += bytes;
  }
  return total;
}

/** Samples while `work` runs. @returns what it returned, and the most seen, in bytes */
export async function withPeakMemory(work) {
  let peak = descendantMemory();
  const timer = setInterval(() => {
    peak = Math.max(peak, descendantMemory());
  }, 50);
  try {
    const result = await work();
    return { result, peak };
  } finally {
    clearInterval(timer);
  }
}
