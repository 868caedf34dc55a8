/** `keys`: makes client keys, and lists those that the configuration knows. */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { brand } from '../brand.ts';
import { loadCatalog } from '../catalog/load.ts';
import type { ClientKey } from '../catalog/pool.ts';
import { checkConfiguration } from '../config/check.ts';
import { readEnvironment, type Environment } from '../config/environment.ts';
import { findConfigurationFile, readConfigurationText } from '../config/load.ts';
import { toConfigError } from '../config/problem.ts';
import { isName } from '../config/schema.ts';
import { hashSecret } from '../config/secret.ts';
import type { Command, CommandContext, ExitCode } from './command.ts';
import { packageRoot } from './package-root.ts';
import { renderTable } from './table.ts';

const HELP = `Usage: ${brand.binary} keys <new NAME|list> [options]

Clients send a key as "Authorization: Bearer …", "x-api-key" or "x-goog-api-key". Without any key the server listens on
loopback only.

  new NAME          prints a new key once, and the lines for ${brand.configFile} that hold its hash. Nothing is stored:
                    a key that was lost cannot be shown again, only replaced
  list              the keys of the configuration: what they may call, their budgets, the beginning of their hashes

--json prints JSON. Exit codes: 0 ok, 1 a problem with the configuration, 2 usage.

Examples:
  ${brand.binary} keys new web
  ${brand.binary} keys list --json
`;

/** 256 bits: guessing takes longer than the universe has, so that an unsalted hash is enough. */
const KEY_BYTES = 32;
const KEY_PREFIX = 'gb_';
const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
/** 62^43 is the first power above 2^256. */
const BASE62_DIGITS = 43;

/** `gb_` and 43 base62 digits, which a double click selects as one word. */
export const renderKey = (bytes: Uint8Array): string => {
  let rest = BigInt(`0x${Buffer.from(bytes).toString('hex')}`);
  let digits = '';
  for (let index = 0; index < BASE62_DIGITS; index += 1) {
    digits = `${BASE62[Number(rest % 62n)] ?? ''}${digits}`;
    rest /= 62n;
  }
  return `${KEY_PREFIX}${digits}`;
};

export interface KeysDependencies {
  readonly environment: Environment;
  readonly workingFolder: string;
  readonly catalogFolder: string;
  readonly now: () => Date;
  readonly randomBytes: (count: number) => Uint8Array;
}

export const createKeysCommand = (dependencies: KeysDependencies): Command => ({
  name: 'keys',
  summary: 'make client keys, and list those of the configuration',
  help: HELP,
  primary: false,
  run: async (context) => {
    const words = parseWords(context);
    if (words === null) return 2;
    const [subcommand, name, ...rest] = words;
    if (subcommand === 'new' && name !== undefined && rest.length === 0)
      return printNewKey(name, context, dependencies);
    if (subcommand === 'list' && name === undefined) return printKeys(context, dependencies);
    context.fail(
      `Expected "keys new NAME" or "keys list", given "keys ${words.join(' ')}". See "${brand.binary} keys --help".`,
    );
    return 2;
  },
});

const parseWords = ({ args, fail }: CommandContext): readonly string[] | null => {
  try {
    return parseArgs({ args: [...args], allowPositionals: true, options: {} }).positionals;
  } catch (error) {
    fail(`${error instanceof Error ? error.message : String(error)}. See "${brand.binary} keys --help".`);
    return null;
  }
};

/** Prints to standard output only: no file, no log and no shell history ever holds the key. */
const printNewKey = async (
  name: string,
  { flags, print, report, fail }: CommandContext,
  { randomBytes: random }: KeysDependencies,
): Promise<ExitCode> => {
  if (!isName(name)) {
    fail(`Expected a name of letters, digits, dots, hyphens and underscores, given ${JSON.stringify(name)}.`);
    return 2;
  }
  const key = renderKey(random(KEY_BYTES));
  const hash = `sha256:${hashSecret(key)}`;
  if (flags.json) {
    print(JSON.stringify({ name, key, hash }, null, 2));
    return 0;
  }
  report('This is the only time that the key is shown. Give it to the client:');
  print(key);
  report('');
  report(`Add this to ${brand.configFile} (only the hash; merge with keys: if it is there already):`);
  print('keys:');
  print(`  ${name}: { hash: "${hash}" }`);
  return 0;
};

const HASH_DIGITS_SHOWN = 8;

const printKeys = async (context: CommandContext, dependencies: KeysDependencies): Promise<ExitCode> => {
  const keys = await loadKeys(context, dependencies);
  if (context.flags.json) {
    print(keys, context);
    return 0;
  }
  if (keys.length === 0) {
    context.print(`No client keys: the server listens on loopback only. "${brand.binary} keys new NAME" makes one.`);
    return 0;
  }
  const columns = ['NAME', 'MAY CALL', 'BUDGET', 'TRAINING', 'HASH'].map(
    (title) => ({ title, align: 'left' }) as const,
  );
  const rows = keys.map(({ name, models, budget, noTrain, sha256 }) => [
    name,
    models?.join(', ') ?? 'everything',
    budget ?? '-',
    noTrain ? 'no' : 'yes',
    `${sha256.slice(0, HASH_DIGITS_SHOWN)}…`,
  ]);
  for (const line of renderTable(columns, rows)) context.print(line);
  return 0;
};

const print = (keys: readonly ClientKey[], context: CommandContext): void => {
  const rows = keys.map(({ name, models, budget, noTrain, sha256 }) => ({
    name,
    models,
    budget,
    no_train: noTrain,
    hash_prefix: sha256.slice(0, HASH_DIGITS_SHOWN),
  }));
  context.print(JSON.stringify(rows, null, 2));
};

/** Without a file there are none. Throws ConfigError when the file is wrong. */
const loadKeys = async ({ flags }: CommandContext, dependencies: KeysDependencies): Promise<readonly ClientKey[]> => {
  const { environment, workingFolder, catalogFolder, now } = dependencies;
  const path = await findConfigurationFile({
    config: flags.config,
    environment,
    workingFolder,
    flags: { home: flags.home },
  });
  if (path === null) return [];
  const sources = { environment, catalog: await loadCatalog(catalogFolder), nowMs: now().getTime() };
  const { problems, result } = await checkConfiguration(await readConfigurationText(path), path, sources);
  if (result === null) throw toConfigError(problems);
  return result.pool.keys;
};

export const keysCommand: Command = createKeysCommand({
  environment: readEnvironment(),
  workingFolder: process.cwd(),
  catalogFolder: join(packageRoot, 'models'),
  now: () => new Date(),
  randomBytes,
});
