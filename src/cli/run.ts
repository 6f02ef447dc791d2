/** `secateur COMMAND …`: exit code 0 done, 1 refused with a sentence (or answered with no), 2 not understood. */

import type { Readable } from 'node:stream';
import { parseArgs } from 'node:util';
import type { Kernels } from '../kernels/kernels';
import { asCheckpointError } from '../lib/errors';
import { type Command, type OptionValues, UsageError } from './command';
import { diff } from './commands/diff';
import { inspect } from './commands/inspect';
import { lean } from './commands/lean';
import { masks } from './commands/masks';
import { open } from './commands/open';
import { prune } from './commands/prune';
import { report } from './commands/report';
import { script } from './commands/script';
import { slim } from './commands/slim';
import type { BuiltPage } from './serving/serve';
import { StandardInput } from './standardInput';
import type { Terminal } from './terminal';

const commands: readonly Command[] = [prune, slim, inspect, diff, lean, masks, script, report, open];

export interface Means {
  readonly terminal: Terminal;
  /** Made when a command needs them. */
  kernels(): Kernels;
  readonly signal: AbortSignal;
  readonly page: BuiltPage;
  /** What `-` stands for. */
  readonly input: Readable;
}

/** @param argv what stands behind the program's name @returns the exit code */
export async function run(
  argv: readonly string[],
  { terminal, kernels, signal, page, ...means }: Means,
): Promise<number> {
  const [name, ...rest] = argv;
  if (name === undefined || name === 'help' || name === '--help' || name === '-h') {
    terminal.print(helpOf(commands.find((each) => each.name === rest[0])));
    return name === undefined ? 2 : 0;
  }
  const command = commands.find((each) => each.name === name);
  if (!command) {
    terminal.say(`secateur: there is no command ${name}.\n\n${helpOf(undefined).trimEnd()}`);
    return 2;
  }
  const input = new StandardInput(means.input, signal);
  try {
    const { values, positionals } = parsed(command, rest);
    if (values.help) {
      terminal.print(helpOf(command));
      return 0;
    }
    return await command.run({
      given: positionals,
      options: values,
      terminal,
      kernels: kernels(),
      signal,
      page,
      input,
    });
  } catch (error) {
    if (error instanceof UsageError) {
      terminal.say(`secateur ${name}: ${error.message}\n\n${helpOf(command).trimEnd()}`);
      return 2;
    }
    const { message, context } = asCheckpointError(error);
    terminal.say(`secateur ${name}: ${[message, context.advice].filter(Boolean).join(' ')}`);
    return 1;
  } finally {
    await input.discard();
  }
}

function parsed({ options }: Command, args: readonly string[]): { values: OptionValues; positionals: string[] } {
  try {
    return parseArgs({
      args: [...args],
      options: { ...options, help: { type: 'boolean', short: 'h' } },
      allowPositionals: true,
    });
  } catch (cause) {
    throw new UsageError(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

function helpOf(command: Command | undefined): string {
  if (command) return `secateur ${command.name} ${command.usage}\n`;
  const width = Math.max(...commands.map(({ name }) => name.length));
  const lines = commands.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`);
  return `secateur COMMAND FILE… [options]\n\n${lines.join('\n')}\n\nsecateur help COMMAND says more.\n`;
}
