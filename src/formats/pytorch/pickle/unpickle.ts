/** Runs a pickle: one opcode after the other, until its STOP. */
import { CheckpointError, type ErrorContext } from '../../../lib/errors';
import { Machine, maxOperations, type PickleHost } from './machine';
import { opcodes } from './opcodes';
import { PickleReader } from './reader';
import type { PyValue, Ref } from './values';

export interface Unpickled {
  readonly value: PyValue;
  /** Bytes up to and with the STOP. */
  readonly length: number;
  /** Every class and function that the pickle names. */
  readonly globals: readonly Ref[];
}

/**
 * Reads one pickle from the start of `bytes`; what follows its STOP is left alone.
 * @param baseOffset offset of `bytes[0]`, for errors
 * @throws PickleEndsEarly when `bytes` end before the pickle does; CheckpointError otherwise
 */
export function unpickle(
  bytes: Uint8Array,
  baseOffset: number,
  host: PickleHost,
  context: ErrorContext = {},
): Unpickled {
  const machine = new Machine(new PickleReader(bytes, baseOffset, context), host);
  for (let operations = 0; !machine.stopped; operations++) {
    if (operations === maxOperations) {
      throw new CheckpointError('unsupported-feature', `The pickle takes more than ${maxOperations} steps.`, context);
    }
    step(machine);
  }
  return { value: machine.pop(), length: machine.reader.position, globals: machine.globals };
}

/** Runs the next opcode. */
export function step(machine: Machine): void {
  const code = machine.reader.u8();
  const operation = opcodes[code];
  if (!operation) {
    machine.reader.position--;
    throw machine.reader.error(
      `Byte 0x${code.toString(16).padStart(2, '0')} at offset ${machine.reader.offset} is no pickle opcode that a checkpoint uses.`,
    );
  }
  operation(machine);
}
