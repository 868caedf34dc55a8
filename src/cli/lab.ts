/** `gearbox lab`: serves the lab's mock models as a process of its own. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { brand } from '../brand.ts';
import { DataError, ConfigError } from '../errors.ts';
import { DIRECTIVE_NAMES, DIRECTIVE_SETTINGS } from '../lab/directive.ts';
import { createLab, DEFAULT_TIME_SCALE, type LabOptions } from '../lab/lab.ts';
import { DEFAULT_OUTCOME_SET } from '../lab/outcome-answer.ts';
import { UsageError, type Command, type CommandContext, type ExitCode } from './command.ts';

const DEFAULT_PORT = 8485;
/** Model names printed before the rest is only counted: outcome data and recordings hold hundreds. */
const MAX_NAMES_SHOWN = 12;

const settingLines = Object.entries(DIRECTIVE_SETTINGS)
  .map(([name, meaning]) => `      ${name.padEnd(18)} ${meaning}`)
  .join('\n');

const help = `Usage: ${brand.binary} lab [options]

Serves deterministic mock models over HTTP: Chat Completions (/v1/chat/completions) and Anthropic Messages
(/v1/messages). No key, no network, no cost; every answer says that it is simulated. Loopback only.

  --port N          default ${DEFAULT_PORT}; 0 takes a free port
  --host HOST       127.0.0.1 (default), ::1 or localhost
  --time-scale N    factor on every delay; 0 answers at once; default ${DEFAULT_TIME_SCALE}
  --outcomes DIR    play the models of outcome data: prompts.jsonl(.gz) and outcomes.jsonl(.gz)
  --sets FILE       sets.json whose set ${DEFAULT_OUTCOME_SET} names fast and thinking models;
                    default: sets.json in DIR or above it, where one stands
  --recorded DIR    recorded replies, served as models recorded/<provider>/<file>

A request chooses another script by a directive in its last user message, [[lab:NAME setting=value …]], or by the
header x-lab-script: NAME setting=value …
      ${DIRECTIVE_NAMES.slice(0, 9).join(', ')},
      ${DIRECTIVE_NAMES.slice(9, 18).join(', ')},
      ${DIRECTIVE_NAMES.slice(18).join(', ')}
${settingLines}

Examples:
  ${brand.binary} lab
  ${brand.binary} lab --outcomes data/bench --time-scale 0
  curl -N http://127.0.0.1:${DEFAULT_PORT}/v1/chat/completions -d \\
    '{"model":"fast","stream":true,"messages":[{"role":"user","content":"[[lab:stream-error after_events=2]]"}]}'
`;

const numberOption = (name: string, text: string, isValid: (value: number) => boolean): number => {
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (!isValid(value)) {
    throw new UsageError(
      `--${name}: expected a number${name === 'port' ? ' from 0 to 65535' : ' from 0 up'}; given ${text}.`,
    );
  }
  return value;
};

const findSetsFile = (folder: string): string | null =>
  [join(folder, 'sets.json'), join(dirname(folder), 'sets.json')].find((file) => existsSync(file)) ?? null;

interface LabArguments {
  readonly port: number;
  readonly options: LabOptions;
}

const readArguments = (args: readonly string[]): LabArguments => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      port: { type: 'string', default: String(DEFAULT_PORT) },
      host: { type: 'string', default: '127.0.0.1' },
      'time-scale': { type: 'string', default: String(DEFAULT_TIME_SCALE) },
      outcomes: { type: 'string' },
      sets: { type: 'string' },
      recorded: { type: 'string' },
    },
  });
  const { outcomes: folder, recorded, sets } = values;
  if (sets !== undefined && folder === undefined) {
    throw new UsageError('--sets needs --outcomes DIR.');
  }
  return {
    port: numberOption('port', values.port, (value) => Number.isInteger(value) && value >= 0 && value <= 65_535),
    options: {
      host: values.host,
      timeScale: numberOption('time-scale', values['time-scale'], (value) => Number.isFinite(value) && value >= 0),
      ...(recorded === undefined ? {} : { recordedFolder: recorded }),
      ...(folder === undefined ? {} : { outcomes: { folder, setsFile: sets ?? findSetsFile(folder) } }),
    },
  };
};

const untilAborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) {
      resolve();
      return;
    }
    signal.addEventListener('abort', () => resolve(), { once: true });
  });

const serve = async ({ port, options }: LabArguments, context: CommandContext): Promise<ExitCode> => {
  const lab = createLab(options);
  try {
    const { url } = await lab.listen(port);
    const models = lab.models();
    if (context.flags.json) {
      context.print(JSON.stringify({ url, models }));
    } else {
      const more = models.length > MAX_NAMES_SHOWN ? ` and ${models.length - MAX_NAMES_SHOWN} more` : '';
      context.print(`${brand.name} lab (simulated models) at ${url}`);
      context.print(`models: ${models.slice(0, MAX_NAMES_SHOWN).join(', ')}${more}`);
      context.report('Stop with Ctrl-C.');
    }
    await untilAborted(context.signal);
    return 0;
  } finally {
    await lab.close();
  }
};

const run = async (context: CommandContext): Promise<ExitCode> => {
  try {
    return await serve(readArguments(context.args), context);
  } catch (error) {
    if (error instanceof ConfigError || error instanceof DataError) {
      context.fail(error.message);
      return 1;
    }
    throw error;
  }
};

export const labCommand: Command = {
  name: 'lab',
  summary: 'serve deterministic mock models, for trying and testing',
  help,
  primary: false,
  run,
};
