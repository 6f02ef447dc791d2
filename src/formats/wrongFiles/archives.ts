/** Zip archives that are no PyTorch checkpoint, by the files in them. */
import { found } from '../../lib/known';
import { exportedFrom, loadInKeras, openWeights, savedModel, unpack } from './advice';
import { type Entry, type Evidence, firstOf, type Recognition, type Row } from './row';

const keras = 'a Keras model (.keras) that is not as Keras packs one';

/** Named so by what writes them, and worth unpacking. */
const checkpointName = /\.(pth|pt|th|ckpt|bin|safetensors|onnx)$/i;
/** Of a file in the archive, as shown. */
const maxNameLength = 80;

export const archives: readonly Row[] = [
  { test: holds(/(^|\/)model\.weights\.h5$/), what: keras, advice: loadInKeras },
  { test: isZip, endings: ['.keras'], what: keras, advice: loadInKeras },
  {
    test: holds(/^([^/]+\/)?\.data\/(extern_modules|python_version)$/),
    what: 'a torch.package archive: a model together with its code',
    advice: packagedModel,
  },
  {
    test: holds(/(^|\/)serialized_exported_program\.json$/),
    what: 'a program that torch.export saved before PyTorch 2.8',
    advice: 'Load it with torch.export.load and save it again with torch.export.save of PyTorch 2.8 or newer.',
  },
  { test: holds(/\.mlpackage\/|^Manifest\.json$/), what: 'a Core ML package', advice: exportedFrom },
  {
    test: holds(/(^|\/)saved_model\.pb$/),
    what: 'a zip archive of a TensorFlow SavedModel',
    advice: `Unpack it. ${savedModel}`,
  },
  { test: holds(/^MAR-INF\//), what: 'a TorchServe archive', advice: unpackLargest },
  { test: holds(/^\[Content_Types\]\.xml$/), what: 'an office document', advice: openWeights },
  { test: holds(/^(META-INF\/|AndroidManifest\.xml$)/), what: 'a program (.jar or .apk)', advice: openWeights },
  { test: isZip, endings: ['.task'], what: 'a MediaPipe model, compiled for phones', advice: exportedFrom },
];

/** Asked when the name says no more either. */
export const anyArchive: readonly Row[] = [
  {
    test: (evidence) => isZip(evidence) && largestCheckpoint(evidence.entries) !== undefined,
    what: 'a zip archive that is no PyTorch checkpoint',
    advice: unpackLargest,
  },
  { test: isZip, what: 'a zip archive without a checkpoint in it', advice: openWeights },
];

/** For an archive that only seemed to be PyTorch's. */
export function recogniseArchive(entries: readonly Entry[], fileName: string): Recognition {
  const text = 'PK\x03\x04';
  const head = Uint8Array.from(text, (character) => character.charCodeAt(0));
  const evidence = { head, text, size: head.length, fileName: fileName.toLowerCase(), entries };
  return found(firstOf([...archives, ...anyArchive], evidence), 'a name for a zip archive');
}

function isZip({ text }: Evidence): boolean {
  return text.startsWith('PK\x03\x04') || text.startsWith('PK\x05\x06');
}

function holds(pattern: RegExp): (evidence: Evidence) => boolean {
  return ({ entries }) => entries.some(({ name }) => pattern.test(name));
}

function largestCheckpoint(entries: readonly Entry[]): Entry | undefined {
  let largest: Entry | undefined;
  for (const entry of entries) {
    if (checkpointName.test(entry.name) && entry.size >= (largest?.size ?? 0)) largest = entry;
  }
  return largest;
}

function unpackLargest({ entries }: Evidence): string {
  const largest = largestCheckpoint(entries);
  return largest ? `Unpack it and open the checkpoint inside: ${largest.name.slice(-maxNameLength)}.` : unpack;
}

/** With the package and the resource of the first pickle in it, as `save_pickle` was given them. */
function packagedModel({ entries }: Evidence): string {
  const pickle = entries.map(({ name }) => /^[^/]+\/(.+)\/([^/]+\.pkl)$/.exec(name)).find((match) => match !== null);
  if (!pickle) return openWeights;
  const [, folder, resource] = pickle as unknown as [string, string, string];
  const fits = folder.length + resource.length <= maxNameLength;
  const names = fits ? `"${folder.replaceAll('/', '.')}", "${resource}"` : 'package, resource';
  return `Load the model with torch.package.PackageImporter(path).load_pickle(${names}), save its state_dict with torch.save and open that.`;
}
