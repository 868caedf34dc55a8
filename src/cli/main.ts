/** The command line: shared flags, list of commands, help, and the exit code. */
import { createInterface } from 'node:readline/promises';
import { ConfigError, GearboxError, InvalidRequestError, StoreError } from '../errors.ts';
import { brand } from '../brand.ts';
import { UsageError, type Command, type CommandContext, type ExitCode, type SharedFlags } from './command.ts';

/** Commands by name. Each is loaded only when it runs: `serve` must not pay for the benchmarks. */
const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  serve: async () => (await import('./serve.ts')).serveCommand,
  init: async () => (await import('./init.ts')).initCommand,
  check: async () => (await import('./check.ts')).checkCommand,
  status: async () => (await import('./status.ts')).statusCommand,
  ask: async () => (await import('./ask.ts')).askCommand,
  explain: async () => (await import('./explain.ts')).explainCommand,
  audit: async () => (await import('./audit.ts')).auditCommand,
  decisions: async () => (await import('./decisions.ts')).decisionsCommand,
  report: async () => (await import('./report.ts')).reportCommand,
  outcomes: async () => (await import('./outcomes.ts')).outcomesCommand,
  abilities: async () => (await import('./abilities.ts')).abilitiesCommand,
  keys: async () => (await import('./keys.ts')).keysCommand,
  frontier: async () => (await import('./frontier.ts')).frontierCommand,
  catalog: async () => (await import('./catalog.ts')).catalogCommand,
  lab: async () => (await import('./lab.ts')).labCommand,
  train: async () => (await import('./train.ts')).trainCommand,
  bench: async () => (await import('./bench.ts')).benchCommand,
};

const SHARED_OPTIONS = [
  '--config FILE   configuration file (default: $GEARBOX_CONFIG, ./gearbox.yaml, $GEARBOX_HOME/gearbox.yaml)',
  '--home FOLDER   state: store, admin token, install secret (default: $GEARBOX_HOME or ~/.gearbox)',
  '--json          results as JSON on standard output',
  '--quiet         no progress on standard error',
  '--yes           take the default answer to every question',
  '--no-color      no colours',
];

interface Parsed {
  readonly name: string | null;
  readonly args: readonly string[];
  readonly flags: SharedFlags;
  readonly help: boolean;
}

const SWITCHES: Readonly<Record<string, string>> = {
  '--json': 'json',
  '--quiet': 'quiet',
  '--yes': 'yes',
  '-y': 'yes',
  '--no-color': 'noColor',
  '--help': 'help',
  '-h': 'help',
};

const VALUES: Readonly<Record<string, string>> = { '--config': 'config', '--home': 'home' };

/** Takes the shared flags out of the arguments, wherever they stand; everything after `--` is left alone. */
const parseArguments = (argv: readonly string[]): Parsed => {
  const found: Record<string, string> = {};
  const rest: string[] = [];
  const queue = [...argv];
  for (let argument = queue.shift(); argument !== undefined; argument = queue.shift()) {
    if (argument === '--') {
      rest.push(argument, ...queue.splice(0));
      break;
    }
    const [flag = '', inline] = argument.split(/=(.*)/s, 2);
    const value = VALUES[flag];
    const toggle = SWITCHES[argument];
    if (value !== undefined) {
      const given = inline ?? queue.shift();
      if (given === undefined) throw new UsageError(`${flag} needs a value`);
      found[value] = given;
    } else if (toggle === undefined) rest.push(argument);
    else found[toggle] = 'on';
  }
  const name = rest[0] !== undefined && !rest[0].startsWith('-') ? rest[0] : null;
  return {
    name,
    args: name === null ? rest : rest.slice(1),
    help: found['help'] === 'on',
    flags: {
      config: found['config'] ?? null,
      home: found['home'] ?? null,
      json: found['json'] === 'on',
      quiet: found['quiet'] === 'on',
      yes: found['yes'] === 'on',
      color: found['noColor'] !== 'on' && process.stdout.isTTY,
    },
  };
};

const createContext = (parsed: Parsed, signal: AbortSignal): CommandContext => {
  const { flags } = parsed;
  const report = (line: string): void => {
    if (!flags.quiet) console.error(line);
  };
  return {
    args: parsed.args,
    flags,
    signal,
    report,
    print: (line) => console.log(line),
    fail: (line) => console.error(line),
    ask: async (question, defaultAnswer) => {
      if (flags.yes || !process.stdin.isTTY) return defaultAnswer;
      const terminal = createInterface({ input: process.stdin, output: process.stderr });
      try {
        const answer = (await terminal.question(`${question} [${defaultAnswer}] `, { signal })).trim();
        return answer === '' ? defaultAnswer : answer;
      } finally {
        terminal.close();
      }
    },
  };
};

const renderOverview = async (all: boolean): Promise<string> => {
  const commands = await Promise.all(Object.values(COMMANDS).map((load) => load()));
  const shown = commands.filter((command) => all || command.primary);
  const width = Math.max(...shown.map((command) => command.name.length)) + 2;
  return [
    `${brand.name}: one model name in front of many models.`,
    '',
    `Usage: ${brand.binary} COMMAND [options]`,
    '',
    ...shown.map((command) => `  ${command.name.padEnd(width)}${command.summary}`),
    '',
    'Options of every command:',
    ...SHARED_OPTIONS.map((line) => `  ${line}`),
    '',
    `\`${brand.binary} help COMMAND\` explains one command${all ? '' : `, \`${brand.binary} help --all\` lists every command`}.`,
    'Exit codes: 0 ok, 1 a problem was found, 2 wrong usage, 3 server or store cannot be reached.',
  ].join('\n');
};

const unknownCommand = (name: string): ExitCode => {
  const near = Object.keys(COMMANDS).filter((known) => known.startsWith(name.slice(0, 2)));
  const hint = near.length > 0 ? ` Did you mean ${near.map((known) => `\`${known}\``).join(' or ')}?` : '';
  console.error(
    `${brand.binary}: there is no command \`${name}\`.${hint} \`${brand.binary} help --all\` lists every command.`,
  );
  return 2;
};

const showHelp = async (topic: string | null, all: boolean): Promise<ExitCode> => {
  if (topic === null) {
    console.log(await renderOverview(all));
    return 0;
  }
  const load = COMMANDS[topic];
  if (load === undefined) return unknownCommand(topic);
  console.log((await load()).help);
  return 0;
};

/** A mistake in the command line: ours, or one that `parseArgs` found. */
const isUsage = (error: unknown): error is Error =>
  error instanceof UsageError ||
  (error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS'));

/** A mistake of the caller prints one message; anything else is a defect and prints its stack. */
const toExitCode = (error: unknown): ExitCode => {
  if (isUsage(error)) {
    console.error(`${brand.binary}: ${error.message}`);
    return 2;
  }
  if (error instanceof StoreError) {
    console.error(`${brand.binary}: ${error.message}`);
    return 3;
  }
  if (error instanceof ConfigError || error instanceof InvalidRequestError || error instanceof GearboxError) {
    console.error(`${brand.binary}: ${error.message}`);
    return 1;
  }
  console.error(error);
  return 1;
};

/** Runs a command; whatever way it said that it was called wrongly, the hint at its help comes last. */
const runCommand = async (command: Command, context: CommandContext): Promise<ExitCode> => {
  const code = await command.run(context).catch((error: unknown) => {
    if (isUsage(error)) return toExitCode(error);
    throw error;
  });
  if (code === 2) console.error(`\`${brand.binary} help ${command.name}\` shows its usage.`);
  return code;
};

const dispatch = async (argv: readonly string[], signal: AbortSignal): Promise<ExitCode> => {
  const parsed = parseArguments(argv);
  if (parsed.name === 'help')
    return showHelp(parsed.args.find((a) => !a.startsWith('-')) ?? null, parsed.args.includes('--all'));
  if (parsed.name === null && parsed.args.includes('--version')) {
    const { packageVersion } = await import('./package-version.ts');
    console.log(packageVersion());
    return 0;
  }
  if (parsed.name === null) {
    const code = await showHelp(null, parsed.args.includes('--all'));
    return parsed.help || parsed.args.length === 0 ? code : 2;
  }
  if (parsed.help) return showHelp(parsed.name, false);
  const load = COMMANDS[parsed.name];
  if (load === undefined) return unknownCommand(parsed.name);
  return runCommand(await load(), createContext(parsed, signal));
};

/** Runs one command line and sets the exit code. The process ends by itself once nothing is left to do. */
export const run = async (argv: readonly string[]): Promise<void> => {
  const controller = new AbortController();
  // Never without a listener, not even between two: one Ctrl-C may arrive twice, and the second one must not kill what
  // the first one lets finish. A command that has listeners of its own decides about further signals by itself.
  const interrupt = (name: NodeJS.Signals): void => {
    if (controller.signal.aborted && process.listenerCount(name) === 1) process.exit(name === 'SIGINT' ? 130 : 143);
    controller.abort(new Error('interrupted'));
  };
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);
  // `gearbox decisions list | head` closes the pipe early, and a disk may be full: neither is worth a stack trace.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    process.stderr.write(`${brand.binary}: the output could not be written: ${error.message}\n`);
    process.exit(1);
  });
  try {
    process.exitCode = await dispatch(argv, controller.signal);
  } catch (error) {
    process.exitCode = controller.signal.aborted ? 1 : toExitCode(error);
  } finally {
    process.removeListener('SIGINT', interrupt);
    process.removeListener('SIGTERM', interrupt);
  }
};
