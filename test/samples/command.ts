/** Runs one command of the command line in this process, and keeps what it prints. */
import type { Command, ExitCode, SharedFlags } from '../../src/cli/command.ts';

export interface CommandRun {
  readonly code: ExitCode;
  readonly output: readonly string[];
  readonly errors: readonly string[];
}

/** Every question gets its default answer. */
export const runCommand = async (
  command: Command,
  args: readonly string[],
  flags: Pick<SharedFlags, 'home'> & Partial<SharedFlags>,
): Promise<CommandRun> => {
  const output: string[] = [];
  const errors: string[] = [];
  const code = await command.run({
    args,
    flags: { config: null, json: false, quiet: false, yes: true, color: false, ...flags },
    print: (line) => output.push(line),
    report: () => {},
    fail: (line) => errors.push(line),
    ask: async (_question, answer) => answer,
    signal: new AbortController().signal,
  });
  return { code, output, errors };
};
