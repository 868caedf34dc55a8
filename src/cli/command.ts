/** What a command is. `main.ts` finds it by name, parses the flags that every command shares, and runs it. */

/** 0 ok, 1 a problem was found, 2 usage, 3 cannot reach server or store. */
export type ExitCode = 0 | 1 | 2 | 3;

/** A mistake in the command line: `main.ts` prints it with a hint at the command's help, exit code 2. */
export class UsageError extends Error {}

/** Flags that every command shares. */
export interface SharedFlags {
  readonly config: string | null;
  readonly home: string | null;
  readonly json: boolean;
  readonly quiet: boolean;
  readonly yes: boolean;
  readonly color: boolean;
}

export interface CommandContext {
  /** What follows the command's name, shared flags removed; parse it with `node:util` `parseArgs`. */
  readonly args: readonly string[];
  readonly flags: SharedFlags;
  /** Writes one line of results to standard output. */
  readonly print: (line: string) => void;
  /** Writes one line of progress or of an error to standard error; silent with `--quiet` unless it is an error. */
  readonly report: (line: string) => void;
  readonly fail: (line: string) => void;
  /** Asks on the terminal; returns the default where there is no terminal or with `--yes`. */
  readonly ask: (question: string, defaultAnswer: string) => Promise<string>;
  /** Aborted on Ctrl-C. */
  readonly signal: AbortSignal;
}

export interface Command {
  readonly name: string;
  /** One line for the list of commands. */
  readonly summary: string;
  /** Full help: usage, options with defaults and units, examples. */
  readonly help: string;
  /** Shown on the first help screen; the others only with `help --all`. */
  readonly primary: boolean;
  readonly run: (context: CommandContext) => Promise<ExitCode>;
}
