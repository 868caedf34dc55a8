/** `catalog`: lists, shows, compares and updates the facts about models. */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { brand } from '../brand.ts';
import { loadCatalog } from '../catalog/load.ts';
import { namesOf } from '../catalog/lookup.ts';
import type { Catalog, CatalogModel } from '../catalog/model.ts';
import { suggest } from '../catalog/suggestion.ts';
import { ConfigError } from '../errors.ts';
import { diffCatalog, updateCatalog, type CatalogDependencies } from './catalog-update.ts';
import { renderModel, renderModelList, toModelJson } from './catalog-view.ts';
import { UsageError, type Command, type CommandContext, type ExitCode } from './command.ts';
import { DownloadError, downloadText } from './models-dev-download.ts';
import { packageRoot } from './package-root.ts';

const HELP = `Usage: ${brand.binary} catalog <list|show|diff|update> [options]

The catalog holds what is known about models: prices, limits, efforts, dates, each with its source. It never calls a
model. Prices are US dollars per million tokens; "-" is unknown, "?" is not verified.

  list [--lab LAB]          one line a model, in the order of the ids
  show MODEL                everything about one model: its id, or a bare id that one lab has
  diff [--from FILE]        what models.dev, or a file in its format, says otherwise; exit code 1 if anything
  update [--from FILE]      the same, and then writes it
    --write                   write (default: only show); asks first, --yes does not
    --force                   write although a price moves by more than a factor of 3, the median price by more than
                              25 %, or the list lacks half of the catalog

--json prints JSON. Exit codes: 0 ok, 1 a difference or a problem, 2 usage, 3 no network.

Examples:
  ${brand.binary} catalog list --lab anthropic
  ${brand.binary} catalog show claude-opus-5.5 --json
  ${brand.binary} catalog update --from api.json --write
`;

/** A mistake in how the command was called: exit code 2. */
const SUBCOMMANDS = ['list', 'show', 'diff', 'update'] as const;

const parse = (args: readonly string[]) => {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        lab: { type: 'string' },
        from: { type: 'string' },
        write: { type: 'boolean', default: false },
        force: { type: 'boolean', default: false },
      },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
};

type Options = ReturnType<typeof parse>['values'];

/** Options that a subcommand does not have are mistakes, not decoration. */
const OPTIONS_OF = {
  list: ['lab'],
  show: [],
  diff: ['from'],
  update: ['from', 'write', 'force'],
} as const satisfies Record<(typeof SUBCOMMANDS)[number], readonly (keyof Options)[]>;

const checkOptions = (subcommand: (typeof SUBCOMMANDS)[number], options: Options): void => {
  const allowed: readonly string[] = OPTIONS_OF[subcommand];
  for (const [name, value] of Object.entries(options)) {
    if (value !== undefined && value !== false && !allowed.includes(name)) {
      throw new UsageError(`catalog ${subcommand} has no option --${name}.`);
    }
  }
};

const toSubcommand = (given: string | undefined): (typeof SUBCOMMANDS)[number] => {
  const known = SUBCOMMANDS.find((name) => name === given);
  if (known !== undefined) return known;
  const [nearest] = given === undefined ? [] : suggest(given, SUBCOMMANDS);
  const hint = nearest === undefined ? '' : ` Did you mean "${nearest}"?`;
  throw new UsageError(
    `Expected ${SUBCOMMANDS.join(', ')}, got ${given === undefined ? 'nothing' : `"${given}"`}.${hint}`,
  );
};

const listModels = (catalog: Catalog, lab: string | undefined, { flags, print, report }: CommandContext): ExitCode => {
  const all = [...catalog.models.values()];
  const models = lab === undefined ? all : all.filter((model) => model.lab === lab);
  if (models.length === 0) {
    const labs = [...new Set(all.map((model) => model.lab))].join(', ');
    throw new UsageError(`--lab: expected one of ${labs}, got "${lab ?? ''}".`);
  }
  if (flags.json) print(JSON.stringify(models.map(toModelJson), null, 2));
  else renderModelList(models).forEach((line) => print(line));
  report(`${models.length} models. Catalog ${catalog.hash}, prices ${catalog.pricesHash}.`);
  return 0;
};

const findModel = (catalog: Catalog, given: string): CatalogModel => {
  const exact = catalog.models.get(given);
  if (exact !== undefined) return exact;
  const named = [...catalog.models.values()].filter((model) => namesOf(model).includes(given));
  const [first] = named;
  if (first !== undefined && named.length === 1) return first;
  const ids = named.length > 1 ? named.map(({ id }) => id) : suggestModels(catalog, given);
  const hint = ids.length === 0 ? `"${brand.binary} catalog list" shows all.` : `Did you mean ${ids.join(', ')}?`;
  throw new UsageError(`The catalog has no model "${given}". ${hint}`);
};

const suggestModels = ({ models }: Catalog, given: string): readonly string[] => {
  const byName = new Map(
    [...models.values()].flatMap((model) => [
      [model.id, model.id] as const,
      ...namesOf(model).map((name) => [name, model.id] as const),
    ]),
  );
  return [...new Set(suggest(given, byName.keys(), 3).flatMap((name) => byName.get(name) ?? []))];
};

const showModel = (catalog: Catalog, given: string | undefined, { flags, print }: CommandContext): ExitCode => {
  if (given === undefined) throw new UsageError('catalog show: expected the id of a model, got nothing.');
  const model = findModel(catalog, given);
  if (flags.json) print(JSON.stringify(toModelJson(model), null, 2));
  else renderModel(model).forEach((line) => print(line));
  return 0;
};

const run = async (context: CommandContext, dependencies: CatalogDependencies): Promise<ExitCode> => {
  const { values, positionals } = parse(context.args);
  const [given, ...rest] = positionals;
  const subcommand = toSubcommand(given);
  checkOptions(subcommand, values);
  const surplus = subcommand === 'show' ? rest[1] : rest[0];
  if (surplus !== undefined) throw new UsageError(`catalog ${subcommand}: unexpected "${surplus}".`);
  const options = { from: values.from ?? null, write: values.write, force: values.force };
  switch (subcommand) {
    case 'list':
      return listModels(await loadCatalog(dependencies.folder), values.lab, context);
    case 'show':
      return showModel(await loadCatalog(dependencies.folder), rest[0], context);
    case 'diff':
      return diffCatalog(options, context, dependencies);
    case 'update':
      return updateCatalog(options, context, dependencies);
  }
};

const isFileError = (error: unknown): error is NodeJS.ErrnoException =>
  error instanceof Error && 'code' in error && 'path' in error;

/** Exit code for an error that a user can act on; null for a defect, which the caller reports with its stack. */
const toExitCode = (error: unknown): ExitCode | null => {
  if (error instanceof UsageError) return 2;
  if (error instanceof DownloadError) return 3;
  return error instanceof ConfigError || isFileError(error) ? 1 : null;
};

export const createCatalogCommand = (dependencies: CatalogDependencies): Command => ({
  name: 'catalog',
  summary: 'list, show, compare and update the facts about models: prices, limits, efforts',
  help: HELP,
  primary: false,
  run: async (context) => {
    try {
      return await run(context, dependencies);
    } catch (error) {
      const code = toExitCode(error);
      if (code === null || !(error instanceof Error)) throw error;
      context.fail(code === 2 ? `${error.message} See "${brand.binary} catalog --help".` : error.message);
      return code;
    }
  },
});

export const catalogCommand: Command = createCatalogCommand({
  folder: join(packageRoot, 'models'),
  download: downloadText,
  now: () => new Date(),
});
