/** `check`: says what is wrong with the configuration and where, or what it comes to. */
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { brand } from '../brand.ts';
import { loadCatalog } from '../catalog/load.ts';
import { checkBind } from '../config/bind.ts';
import { withAbilities } from '../config/abilities.ts';
import { checkConfiguration } from '../config/check.ts';
import { readEnvironment, type Environment } from '../config/environment.ts';
import type { ListModels } from '../config/list-models.ts';
import {
  findConfigurationFile,
  loadConfiguration,
  readConfigurationText,
  type LoadedConfiguration,
} from '../config/load.ts';
import { hasError, renderProblem, type Problem } from '../config/problem.ts';
import { toSettings, type ServerSettings } from '../config/settings.ts';
import type { Pool } from '../catalog/pool.ts';
import type { Command, CommandContext, ExitCode } from './command.ts';
import { packageRoot } from './package-root.ts';
import { renderPool, toPoolJson } from './pool-view.ts';

const DEFAULT_BUDGET_USD = 0.01;

const HELP = `Usage: ${brand.binary} check [FILE] [options]

Checks the configuration and shows what it comes to: every component with its model, effort and price, and what each
unified model means. Nothing is sent to a provider, unless --live asks for it. Without a file, shows the pool that the
keys and addresses in the environment give, and why.

  FILE              the file to check (default: as for every command, see --config)
  --live            also call every deployment: a text, a stream, a cancelled stream, a tool, a schema, the lowest and the
                    highest effort, each where the model is said to have it; a table says what worked
  --budget USD      spend at most this by estimate (default ${DEFAULT_BUDGET_USD}); what would exceed it is not tried and said so

Problems are printed one a line: FILE:LINE:COLUMN FIELD: expected …, given …; fix: …
--json prints {ok, path, origin, problems, pool}. Exit codes: 0 ok (perhaps with warnings), 1 a problem, 2 usage.

Examples:
  ${brand.binary} check
  ${brand.binary} check deploy/${brand.configFile} --json
  ${brand.binary} check --live --budget 0.05
`;

export interface CheckDependencies {
  readonly environment: Environment;
  readonly workingFolder: string;
  /** Folder of the catalog. */
  readonly catalogFolder: string;
  readonly now: () => Date;
  /** For tests; local servers are asked over HTTP when absent. */
  readonly listModels?: ListModels;
}

interface Finding {
  /** Null: there is no file. */
  readonly path: string | null;
  readonly origin: LoadedConfiguration['origin'];
  readonly problems: readonly Problem[];
  /** Null exactly if a problem is an error. */
  readonly effective: { readonly pool: Pool; readonly settings: ServerSettings } | null;
}

export const createCheckCommand = (dependencies: CheckDependencies): Command => ({
  name: 'check',
  summary: 'check the configuration and show what it comes to',
  help: HELP,
  primary: true,
  run: async (context) => {
    const asked = parseFlags(context);
    if (asked === undefined) return 2;
    const finding = await examine(asked.file ?? context.flags.config, context, dependencies);
    const { effective } = finding;
    const problems =
      effective === null ? finding.problems : [...finding.problems, ...bindProblems(effective, finding.path)];
    if (asked.budgetUsd === null || effective === null || hasError(problems))
      return print({ ...finding, problems }, context, dependencies.workingFolder);
    if (finding.origin === 'lab') {
      context.fail('check --live: there is nothing to call: no configuration and no provider key. The lab is made up.');
      return 1;
    }
    // Loaded when it is asked for: it brings the providers, and with them most of the program.
    const { checkLive } = await import('./check-live.ts');
    return checkLive(context, {
      ...effective,
      budgetUsd: asked.budgetUsd,
      configPath: finding.path,
      environment: dependencies.environment,
      workingFolder: dependencies.workingFolder,
    });
  },
});

interface Asked {
  /** Null: none was named. */
  readonly file: string | null;
  /** Null: nothing is called. */
  readonly budgetUsd: number | null;
}

const toBudget = (text: string): number | undefined => {
  const budget = Number(text);
  return text.trim() !== '' && Number.isFinite(budget) && budget > 0 ? budget : undefined;
};

/** Undefined, and a message, for a wrong call. */
const parseFlags = ({ args, fail }: CommandContext): Asked | undefined => {
  const help = `See "${brand.binary} check --help".`;
  try {
    const { positionals, values } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { live: { type: 'boolean', default: false }, budget: { type: 'string' } },
    });
    const { live, budget } = values;
    const budgetUsd = budget === undefined ? DEFAULT_BUDGET_USD : toBudget(budget);
    if (budget !== undefined && !live) fail(`--budget: expected --live with it, given none. ${help}`);
    else if (budgetUsd === undefined) fail(`--budget: expected USD above 0, given "${budget}". ${help}`);
    else if (positionals.length > 1) fail(`check takes one file, given ${positionals.length}. ${help}`);
    else return { file: positionals[0] ?? null, budgetUsd: live ? budgetUsd : null };
  } catch (error) {
    fail(`${error instanceof Error ? error.message : String(error)}. ${help}`);
  }
  return undefined;
};

const examine = async (
  config: string | null,
  { flags }: CommandContext,
  dependencies: CheckDependencies,
): Promise<Finding> => {
  const { environment, workingFolder, now, listModels } = dependencies;
  const catalog = await loadCatalog(dependencies.catalogFolder);
  const nowMs = now().getTime();
  const settingFlags = { home: flags.home };
  const path = await findConfigurationFile({ config, environment, workingFolder, flags: settingFlags });
  if (path === null) {
    const loaded = await loadConfiguration({
      config: null,
      lab: false,
      flags: settingFlags,
      environment,
      workingFolder,
      catalog,
      // The lab is only described here; the server starts it on a free port.
      labBaseUrl: () => Promise.resolve('http://127.0.0.1:0/v1'),
      nowMs,
      ...(listModels === undefined ? {} : { listModels }),
    });
    return { path, origin: loaded.origin, problems: loaded.problems, effective: loaded };
  }
  const { problems, result } = await checkConfiguration(await readConfigurationText(path), path, {
    environment,
    catalog,
    nowMs,
  });
  if (result === null) return { path, origin: 'file', problems, effective: null };
  const { configuration, pool } = result;
  const settings = toSettings({ environment, flags: settingFlags, configuration, keyCount: pool.keys.length });
  // What serve would go by, and a file of abilities that it could not read.
  const known = await withAbilities({ pool, settings, problems, files: [] });
  return { path, origin: 'file', problems: known.problems, effective: { pool: known.pool, settings } };
};

/** What `serve` would refuse although the file is right. */
const bindProblems = (
  { pool, settings }: { readonly pool: Pool; readonly settings: ServerSettings },
  path: string | null,
): readonly Problem[] => {
  const refusal = checkBind({ host: settings.host, keys: pool.keys });
  return (refusal?.blocking ?? []).map(({ constraint, expected, given, fix }) => ({
    code: refusal?.code ?? 'bind',
    severity: 'error',
    file: path ?? 'environment',
    line: null,
    column: null,
    field: constraint,
    expected,
    given,
    fix,
  }));
};

const ORIGINS: Readonly<Record<LoadedConfiguration['origin'], string>> = {
  file: 'ok',
  environment: `no ${brand.configFile}: the pool comes from the environment ("${brand.binary} init" writes it down)`,
  lab: `no ${brand.configFile} and no provider key: the lab answers, simulated`,
};

const print = (
  { path, origin, problems, effective }: Finding,
  context: CommandContext,
  workingFolder: string,
): ExitCode => {
  const failed = hasError(problems);
  if (context.flags.json) {
    const pool = effective === null ? null : toPoolJson(effective.pool, effective.settings);
    context.print(JSON.stringify({ ok: !failed, path, origin, problems, pool }, null, 2));
    return failed ? 1 : 0;
  }
  const shown = path === null ? null : shortPath(path, workingFolder);
  for (const problem of problems) {
    const line = renderProblem(problem.file === path && shown !== null ? { ...problem, file: shown } : problem);
    if (problem.severity === 'error') context.fail(line);
    else context.report(line);
  }
  if (effective !== null) {
    context.print(`${shown ?? 'environment'}: ${failed ? 'cannot be served as it is' : ORIGINS[origin]}`);
    context.print('');
    for (const line of renderPool(effective.pool, effective.settings)) context.print(line);
  }
  return failed ? 1 : 0;
};

/** As the operator would type it, where that is shorter. */
const shortPath = (path: string, workingFolder: string): string => {
  const short = relative(workingFolder, path);
  return short === '' || short.startsWith('..') ? path : short;
};

export const checkCommand: Command = createCheckCommand({
  environment: readEnvironment(),
  workingFolder: process.cwd(),
  catalogFolder: join(packageRoot, 'models'),
  now: () => new Date(),
});
