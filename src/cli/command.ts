/** What a command is: one record each, which the help and the parser read. */
import type { ParseArgsConfig } from 'node:util';
import type { Kernels } from '../kernels/kernels';
import type { BuiltPage } from './serving/serve';
import type { StandardInput } from './standardInput';
import type { Terminal } from './terminal';

export type OptionTypes = NonNullable<ParseArgsConfig['options']>;

/** Of an option that takes a value: text; several times: a list; of one that takes none: true. */
export type OptionValues = Readonly<Record<string, string | boolean | readonly (string | boolean)[] | undefined>>;

export interface Command {
  readonly name: string;
  /** What it does, for the list of commands. */
  readonly summary: string;
  /** What stands behind the name, and one line for each option. */
  readonly usage: string;
  readonly options: OptionTypes;
  /** @returns the exit code: 0, or 1 where what was asked is answered with no */
  run(call: CommandCall): Promise<number>;
}

export interface CommandCall {
  /** Files, as they were typed. */
  readonly given: readonly string[];
  readonly options: OptionValues;
  /** Where a file is called `-`. */
  readonly input: StandardInput;
  readonly terminal: Terminal;
  readonly kernels: Kernels;
  /** Fires when the person stops the command. */
  readonly signal: AbortSignal;
  readonly page: BuiltPage;
}

export { UsageError } from './usageError';

export function textOf(options: OptionValues, name: string): string | undefined {
  const value = options[name];
  return typeof value === 'string' ? value : undefined;
}

export function textsOf(options: OptionValues, name: string): readonly string[] | undefined {
  const value = options[name];
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : undefined;
}
