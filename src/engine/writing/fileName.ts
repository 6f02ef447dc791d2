/** `.pth.tar` is one extension to its users (it is hardly ever a tar), and so is that of an index of shards. */
const extension = /(\.(?:pth|pt|ckpt)\.tar|\.(?:safetensors|bin|pt|pth)\.index\.json|\.[^./\\]+)$/i;

/** `resnet.pth` → `resnet-pruned.pth` */
export function prunedName(fileName: string): string {
  return suffixed(fileName, '-pruned');
}

/**
 * `resnet.pth`, `-masks`, `.safetensors` → `resnet-masks.safetensors`
 * @param newExtension absent: the file's own
 */
export function suffixed(fileName: string, suffix: string, newExtension?: string): string {
  const match = extension.exec(fileName);
  const [stem, own] = match && match.index > 0 ? [fileName.slice(0, match.index), match[0]] : [fileName, ''];
  return `${stem}${suffix}${newExtension ?? own}`;
}
