/** Models that llama-gguf-split cuts: `model-00001-of-00003.gguf`. */
import { shardName, siblingName } from '../shards/names';

const partName = /^.*-\d{5}-of-\d{5}\.gguf$/i;

/** Names of all parts of the model that a file is one of; none where its name is not such a one. */
export function partNamesOf(fileName: string): string[] {
  const of = partName.test(fileName) ? (shardName(fileName)?.of ?? 0) : 0;
  return Array.from({ length: of }, (_, i) => siblingName(fileName, i + 1));
}
