/** Keras: `.keras` archives, and HDF5 files (`.weights.h5`, `.h5`, `.hdf5`) of Keras 2 and 3 or of anybody else. */
import { CheckpointError, type ErrorContext } from '../../lib/errors';
import { firstPart, type Part, sourceOfPart } from '../../lib/parts';
import type { Checkpoint, Format } from '../format';
import { recogniseArchive } from '../wrongFiles/archives';
import { wrongFile } from '../wrongFiles/wrongFile';
import { readContent } from '../zip/content';
import { readZip } from '../zip/directory';
import type { ZipEntry } from '../zip/entry';
import { contentsOf } from './hdf5/datasets';
import { Hdf5File } from './hdf5/file';
import { looksLikeHdf5 } from './hdf5/sniff';
import { listTensors } from './listing';
import { looksLikeKeras } from './sniff';

export const hdf5: Format = {
  sniff: looksLikeHdf5,

  async open(source, parts) {
    const context = { file: firstPart(parts).name, format: 'HDF5' };
    const { isKeras, ...listing } = listTensors(await contentsOf(await Hdf5File.open(source, context)), context);
    return checkpoint(isKeras ? 'Keras (HDF5)' : 'HDF5', parts, listing, []);
  },
};

export const kerasArchive: Format = {
  sniff: looksLikeKeras,

  async open(source, parts) {
    const { name } = firstPart(parts);
    const context: ErrorContext = { file: name, format: 'Keras' };
    const entries = await readZip(source, context);
    const weights = entries.find((entry) => entry.name === 'model.weights.h5');
    if (!weights) throw wrongFile(recogniseArchive(entries, name), name);
    if (weights.deflated) throw deflated(weights, context);
    const { start, end } = weights.range;
    const config = entries.find((entry) => entry.name === 'config.json');
    const text = config && new TextDecoder().decode(await readContent(source, config, context));
    const file = await Hdf5File.open(sourceOfPart(source, { name, start, end }), { ...context, record: weights.name });
    const { isKeras, ...listing } = listTensors(await contentsOf(file), context, start, text);
    const checksums = [{ range: weights.range, stored: weights.crc, fields: weights.crcFields }];
    return checkpoint('Keras', parts, listing, checksums);
  },
};

function deflated(weights: ZipEntry, context: ErrorContext): CheckpointError {
  const message = `${weights.name} is compressed inside the archive, where its weights cannot be changed in place.`;
  const advice = 'Load the model in Keras and save it again, or unpack the archive and open model.weights.h5.';
  return new CheckpointError('unsupported-feature', message, { ...context, record: weights.name, advice });
}

function checkpoint(
  format: string,
  parts: readonly Part[],
  listing: Pick<Checkpoint, 'tensors' | 'storages' | 'byteOrder'>,
  checksums: Checkpoint['checksums'],
): Checkpoint {
  return { format, can: {}, parts, ...listing, checksums, notes: [] };
}
