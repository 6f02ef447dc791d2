/** Runs a pickle of any size by windows of its file: arrays stay where they are, and only names and structure are read. */
import { countInWords } from '../../lib/countInWords';
import { CheckpointError, type ErrorContext } from '../../lib/errors';
import type { ByteSource } from '../../lib/source';
import { Machine, maxOperations, type PickleHost } from '../pytorch/pickle/machine';
import { decodeText, PickleEndsEarly, PickleReader } from '../pytorch/pickle/reader';
import { step, type Unpickled } from '../pytorch/pickle/unpickle';
import { PlacedBytes, type PyValue } from '../pytorch/pickle/values';

/** Windows grow fourfold where one value does not fit in: a name, or a line. */
const firstWindow = 2 ** 20;
const lastWindow = 64 * 2 ** 20;
/** Left in a window before the next opcode: hardly any takes more. */
const margin = 4096;
/** A text that is longer is no name. */
const longestName = 65_536;

/** @throws CheckpointError `malformed-file`, `unsupported-feature` */
export async function unpickleFile(source: ByteSource, host: PickleHost, context: ErrorContext): Promise<Unpickled> {
  let window = firstWindow;
  const at = async (offset: number, length: number) => {
    const size = Math.max(0, Math.min(length, source.size - offset));
    return new PlacingReader(await source.read(offset, size), offset, source.size, context);
  };
  const machine = new Machine(await at(0, window), host);
  for (let operations = 0; !machine.stopped; operations++) {
    if (operations === maxOperations) {
      throw new CheckpointError('unsupported-feature', `The pickle takes more than ${maxOperations} steps.`, context);
    }
    const { offset, remaining } = machine.reader;
    if (remaining < margin && offset + remaining < source.size) machine.reader = await at(offset, window);
    const start = machine.reader.offset;
    try {
      step(machine);
      window = firstWindow;
    } catch (thrown) {
      const isAll = machine.reader.endOffset >= source.size || window >= lastWindow;
      if (!(thrown instanceof PickleEndsEarly) || isAll) throw thrown;
      // Opcodes read before they change anything.
      window *= 4;
      machine.reader = await at(start, window);
    }
  }
  return { value: machine.pop(), length: machine.reader.offset, globals: machine.globals };
}

/** Passes over bytes and long texts, and says where they are. */
class PlacingReader extends PickleReader {
  private readonly fileSize: number;

  constructor(bytes: Uint8Array, offset: number, fileSize: number, context: ErrorContext) {
    super(bytes, offset, context);
    this.fileSize = fileSize;
  }

  override content(length: number): PyValue {
    return this.passed(length, false);
  }

  override text(length: number): PyValue {
    return length > longestName ? this.passed(length, true) : decodeText(this.slice(length));
  }

  override string(length: number): PyValue {
    if (length < 0 || length > longestName) return this.passed(length, false);
    const { offset } = this;
    return new PlacedBytes(offset, length, false, decodeText(this.slice(length)));
  }

  private passed(length: number, isText: boolean): PlacedBytes {
    const { offset } = this;
    if (length < 0) throw this.error(`A pickled value says that its length is negative (${length}).`);
    if (!(offset + length <= this.fileSize)) {
      throw this.error(
        `The pickle needs ${countInWords(length)} bytes at offset ${offset}, but the file ends at ${this.fileSize}.`,
      );
    }
    this.position += length;
    return new PlacedBytes(offset, length, isText);
  }
}
