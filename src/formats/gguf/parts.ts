/** Models that llama-gguf-split cuts: `model-00001-of-00003.gguf`. */

const partName = /^(.*)-(\d{5})-of-(\d{5})\.gguf$/i;

/** Names of all parts of the model that a file is one of; none where its name is not such a one. */
export function partNamesOf(fileName: string): string[] {
  const [, stem, , count] = partName.exec(fileName) ?? [];
  if (stem === undefined || count === undefined) return [];
  const number = (of: number) => String(of).padStart(5, '0');
  return Array.from({ length: Number(count) }, (_, i) => `${stem}-${number(i + 1)}-of-${count}.gguf`);
}
