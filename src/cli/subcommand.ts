/** Commands with a second word, such as `decisions list`. */
import { InvalidRequestError } from '../errors.ts';
import type { CommandContext, ExitCode } from './command.ts';

/** `args` is what follows the second word. Throws `InvalidRequestError` for mistakes of usage. */
export type Subcommand = (context: CommandContext, args: readonly string[]) => Promise<ExitCode>;

/** Whether the mistake is in the command line: ours, or one that `parseArgs` found. */
const isUsageError = (error: unknown): error is Error =>
  error instanceof InvalidRequestError ||
  (error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS'));

/** Finds the first word among the subcommands and runs it; exit code 2 with a sentence for mistakes of usage. */
export const runSubcommand = async (
  name: string,
  subcommands: Readonly<Record<string, Subcommand>>,
  context: CommandContext,
): Promise<ExitCode> => {
  const [word = '', ...rest] = context.args;
  const subcommand = Object.hasOwn(subcommands, word) ? subcommands[word] : undefined;
  if (subcommand === undefined) {
    context.fail(`${name}: expected one of ${Object.keys(subcommands).join(', ')}, given "${word}".`);
    return 2;
  }
  try {
    return await subcommand(context, rest);
  } catch (error) {
    if (!isUsageError(error)) {
      throw error;
    }
    context.fail(error.message);
    return 2;
  }
};
