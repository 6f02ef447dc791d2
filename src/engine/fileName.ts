/** `.pth.tar` is one extension to its users (it is hardly ever a tar). */
const extension = /(\.(?:pth|pt|ckpt)\.tar|\.[^./\\]+)$/i;

/** `resnet.pth` → `resnet-pruned.pth` */
export function prunedName(fileName: string): string {
  const match = extension.exec(fileName);
  if (!match || match.index === 0) return `${fileName}-pruned`;
  return `${fileName.slice(0, match.index)}-pruned${match[0]}`;
}
