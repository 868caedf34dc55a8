/** `init`: writes gearbox.yaml from what the environment offers, explains it, and says what to do next. */
import { access, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { brand } from '../brand.ts';
import { OBJECTIVE_NAMES } from '../catalog/component.ts';
import { findKnownProvider, KNOWN_PROVIDERS } from '../catalog/known-providers.ts';
import type { ProviderProfile } from '../catalog/provider-profile.ts';
import { loadCatalog } from '../catalog/load.ts';
import type { Catalog } from '../catalog/model.ts';
import { readEnvironment, type Environment } from '../config/environment.ts';
import { chooseFromEnvironment, type ChosenConfiguration } from '../config/environment-pool.ts';
import { JSON_SCHEMA_FILE, renderJsonSchema } from '../config/json-schema.ts';
import { listModels, type ListModels } from '../config/list-models.ts';
import { renderConfiguration } from '../config/render.ts';
import { configurationSchema, type ConfigurationInput } from '../config/schema.ts';
import type { Command, CommandContext, ExitCode } from './command.ts';
import { packageRoot } from './package-root.ts';

const HELP = `Usage: ${brand.binary} init [options]

Writes ${brand.configFile} (or the file that --config names) and, beside it, ${JSON_SCHEMA_FILE} for your editor. Components
are chosen from the provider keys or local servers that the environment names; the file says why. Keys are never
written, only the names of their variables.

  --from env        the keys and addresses in the environment (default, and so far the only source)

An existing file is replaced only after a question; --yes takes the default of every question, which is to keep it.
Exit codes: 0 ok, 1 nothing was written, 2 usage.

Examples:
  ${brand.binary} init
  OPENAI_API_KEY=… ${brand.binary} init --yes --config deploy/${brand.configFile}
`;

export interface InitDependencies {
  readonly environment: Environment;
  readonly workingFolder: string;
  readonly catalogFolder: string;
  readonly now: () => Date;
  readonly listModels: ListModels;
}

export const createInitCommand = (dependencies: InitDependencies): Command => ({
  name: 'init',
  summary: `write a ${brand.configFile} from the keys that are there, and explain it`,
  help: HELP,
  primary: true,
  run: async (context) => {
    const usage = findUsageProblem(context.args);
    if (usage !== null) {
      context.fail(`${usage} See "${brand.binary} init --help".`);
      return 2;
    }
    return initialize(context, dependencies);
  },
});

const findUsageProblem = (args: readonly string[]): string | null => {
  try {
    const { values } = parseArgs({ args: [...args], options: { from: { type: 'string', default: 'env' } } });
    return values.from === 'env' ? null : `--from: expected env, given ${JSON.stringify(values.from)}.`;
  } catch (error) {
    return `${error instanceof Error ? error.message : String(error)}.`;
  }
};

const initialize = async (context: CommandContext, dependencies: InitDependencies): Promise<ExitCode> => {
  const path = resolve(dependencies.workingFolder, context.flags.config ?? brand.configFile);
  const exists = await access(path).then(
    () => true,
    () => false,
  );
  if (exists && !isYes(await context.ask(`${path} exists. Replace it?`, 'no'))) {
    context.fail(`Kept ${path}. Rename it, answer yes, or name another file with --config.`);
    return 1;
  }
  const catalog = await loadCatalog(dependencies.catalogFolder);
  const { chosen, missingKey } = await choose(context, catalog, dependencies);
  if (chosen === null) return 1;
  const configuration = await askDetails(chosen.configuration, context);
  // A defect in the choice would otherwise be found by the operator, as an error in a file that we wrote.
  configurationSchema.parse(configuration);
  await mkdir(dirname(path), { recursive: true });
  // `wx`: a file that appeared since the question is not overwritten either.
  await writeFile(path, renderConfiguration(configuration, chosen.notes), { flag: exists ? 'w' : 'wx' });
  await writeFile(join(dirname(path), JSON_SCHEMA_FILE), renderJsonSchema());
  explain({ path, chosen, missingKey }, context, dependencies.workingFolder);
  return 0;
};

const isYes = (answer: string): boolean => /^y(es)?$/i.test(answer.trim());

interface Choice {
  /** Null: nothing could be chosen, and the reason was printed. */
  readonly chosen: ChosenConfiguration | null;
  /** The variable that has to be set before the file works; null when it works already. */
  readonly missingKey: string | null;
}

/** From the environment; where it holds nothing, from the provider that the operator names. */
const choose = async (context: CommandContext, catalog: Catalog, dependencies: InitDependencies): Promise<Choice> => {
  const sources = { ...dependencies, catalog, nowMs: dependencies.now().getTime() };
  const found = await chooseFromEnvironment(sources);
  if (found.configuration !== null) return { chosen: found, missingKey: null };
  for (const note of found.notes) context.report(note);
  const provider = await askProvider(context);
  const missingKey = provider?.keyVariables[0];
  if (provider === null || missingKey === undefined) return { chosen: null, missingKey: null };
  // Chosen as if the key were there; the file names only the variable.
  const chosen = await chooseFromEnvironment({ ...sources, environment: { [missingKey]: 'to-be-set' } });
  if (chosen.configuration === null) for (const note of chosen.notes) context.fail(note);
  return { chosen: chosen.configuration === null ? null : withoutClaim(chosen, missingKey), missingKey };
};

/** "OPENAI_API_KEY is set" would not be true. */
const withoutClaim = ({ configuration, notes }: ChosenConfiguration, variable: string): ChosenConfiguration => ({
  configuration,
  notes: notes.map((note) => note.replace(`${variable} is set`, `once ${variable} is set`)),
});

/** Providers whose models the catalog knows without asking them. */
const offeredProviders = (): readonly ProviderProfile[] =>
  KNOWN_PROVIDERS.filter(({ labs, hasOwnIds }) => labs.length > 0 && !hasOwnIds);

const askProvider = async ({ ask, report, fail }: CommandContext): Promise<ProviderProfile | null> => {
  const names = offeredProviders().map(({ name }) => name);
  report('No provider key was found in the environment, and no address of a local server.');
  const answer = (
    await ask(`For which provider shall the file be written (${names.join(', ')})?`, names[0] ?? '')
  ).trim();
  const provider = findKnownProvider(answer);
  if (provider !== undefined && names.includes(provider.name)) return provider;
  fail(`Expected one of ${names.join(', ')}, given ${JSON.stringify(answer)}. Nothing was written.`);
  return null;
};

const BUDGET = /^\d{1,9}(\.\d{1,6})?$/;

const askDetails = async (chosen: ConfigurationInput, { ask, report }: CommandContext): Promise<ConfigurationInput> => {
  const objective = (await ask(`What counts most (${OBJECTIVE_NAMES.join(', ')})?`, 'balanced')).trim();
  const known = OBJECTIVE_NAMES.find((name) => name === objective);
  if (known === undefined) report(`${JSON.stringify(objective)} is none of these: balanced is written.`);
  const usd = (await ask('Spending limit in USD per month (empty: none)?', '')).trim().replace(/^\$/, '');
  const isAmount = BUDGET.test(usd);
  if (usd !== '' && !isAmount) report(`${JSON.stringify(usd)} is no amount: no limit is written.`);
  const models = Object.entries(chosen.models ?? {}).map(
    ([name, model]) => [name, { ...model, objective: known ?? 'balanced' }] as const,
  );
  const budgets = isAmount ? { budgets: { total: { usd: `${usd}/month`, at_limit: 'refuse' as const } } } : {};
  return { ...chosen, models: Object.fromEntries(models), ...budgets };
};

interface Written extends Choice {
  readonly path: string;
  readonly chosen: ChosenConfiguration;
}

const explain = (
  { path, chosen, missingKey }: Written,
  { flags, print }: CommandContext,
  workingFolder: string,
): void => {
  const schema = join(dirname(path), JSON_SCHEMA_FILE);
  if (flags.json) {
    print(JSON.stringify({ path, schema, notes: chosen.notes, missing_key: missingKey }, null, 2));
    return;
  }
  const shown = relative(workingFolder, path);
  const option = flags.config === null ? '' : ` --config ${flags.config}`;
  const lines = [
    `Wrote ${shown.startsWith('..') ? path : shown}, and ${JSON_SCHEMA_FILE} beside it for your editor.`,
    ...chosen.notes.map((note) => `  ${note}`),
    '',
    'Next:',
    ...(missingKey === null ? [] : [`  export ${missingKey}=…   # the key itself is never written into the file`]),
    `  ${brand.binary} check${option}      # what the file comes to`,
    `  ${brand.binary} serve${option}      # prints the address; send requests for the model "auto" there`,
  ];
  for (const line of lines) print(line);
};

export const initCommand: Command = createInitCommand({
  environment: readEnvironment(),
  workingFolder: process.cwd(),
  catalogFolder: join(packageRoot, 'models'),
  now: () => new Date(),
  listModels,
});
