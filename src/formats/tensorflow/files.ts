/** Names of the files of a checkpoint: `net.index`, `net.data-00000-of-00002`, … */

/** @param count as the index says */
export function dataNames(indexName: string, count: number): string[] {
  return Array.from({ length: count }, (_, shard) => dataName(indexName, shard, count));
}

export function dataName(indexName: string, shard: number, count: number): string {
  return `${stemOf(indexName)}.data-${padded(shard)}-of-${padded(count)}`;
}

/** Whether a file is one of them, however many there are. */
export function isDataOf(indexName: string, name: string): boolean {
  const stem = stemOf(indexName);
  return name.startsWith(stem) && /^\.data-\d{5}-of-\d{5}$/.test(name.slice(stem.length));
}

function stemOf(indexName: string): string {
  return indexName.replace(/\.index$/i, '');
}

function padded(number: number): string {
  return String(number).padStart(5, '0');
}
