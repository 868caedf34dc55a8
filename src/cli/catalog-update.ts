/** `catalog diff` and `catalog update`: what a current list would change, shown before anything is written. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { brand } from '../brand.ts';
import {
  compareCatalog,
  toPercent,
  type Comparison,
  type FieldChange,
  type FieldValue,
  type ModelComparison,
} from '../catalog/compare.ts';
import { loadCatalog } from '../catalog/load.ts';
import { MODELS_DEV_URL, parseModelsDev } from '../catalog/models-dev.ts';
import { guardUpdate, type GuardFinding } from '../catalog/update-guard.ts';
import { updateModelFile } from '../catalog/update.ts';
import type { CommandContext, ExitCode } from './command.ts';
import type { DownloadOptions } from './models-dev-download.ts';
import { renderTable, type Column } from './table.ts';

/** What the command needs from outside; tests pass their own. */
export interface CatalogDependencies {
  /** Folder with `<lab>/<model>.toml`. */
  readonly folder: string;
  readonly download: (options: DownloadOptions) => Promise<string>;
  readonly now: () => Date;
}

export interface UpdateOptions {
  /** File with the list; null: download it. */
  readonly from: string | null;
  readonly write: boolean;
  readonly force: boolean;
}

interface Difference {
  readonly comparison: Comparison;
  readonly changed: readonly ModelComparison[];
  readonly skipped: readonly string[];
  readonly findings: readonly GuardFinding[];
}

const readList = async (
  { from }: UpdateOptions,
  { signal }: CommandContext,
  { download }: CatalogDependencies,
): Promise<string> => (from === null ? download({ url: MODELS_DEV_URL, signal }) : readFile(from, 'utf8'));

const findDifference = async (
  options: UpdateOptions,
  context: CommandContext,
  dependencies: CatalogDependencies,
): Promise<Difference> => {
  const text = await readList(options, context, dependencies);
  const list = parseModelsDev(options.from ?? MODELS_DEV_URL, text);
  const comparison = compareCatalog(await loadCatalog(dependencies.folder), list);
  const changed = comparison.models.filter(({ changes }) => changes.length > 0);
  return { comparison, changed, skipped: list.skipped, findings: guardUpdate(comparison) };
};

const renderField = ({ table, index, key }: FieldChange): string =>
  `${table}${index === null ? '' : `[${index}]`}${table === '' ? '' : '.'}${key}`;

const renderValue = (value: FieldValue | null): string => {
  if (value === null) return 'unknown';
  return typeof value === 'object' ? value.join(',') : String(value);
};

const renderPercent = (change: FieldChange): string => {
  const percent = toPercent(change);
  return percent === null ? '' : `${percent > 0 ? '+' : ''}${percent.toFixed(1)} %`;
};

const COLUMNS: readonly Column[] = [
  { title: 'MODEL', align: 'left' },
  { title: 'FIELD', align: 'left' },
  { title: 'OLD', align: 'right' },
  { title: 'NEW', align: 'right' },
  { title: 'CHANGE', align: 'right' },
];

const toRows = ({ model, changes }: ModelComparison): readonly (readonly string[])[] =>
  changes.map((change) => [
    model.id,
    renderField(change),
    renderValue(change.from),
    renderValue(change.to),
    renderPercent(change),
  ]);

const toChangeJson = (change: FieldChange) => ({
  field: renderField(change),
  from: change.from,
  to: change.to,
  percent: toPercent(change),
});

const toJson = ({ comparison, changed, skipped, findings }: Difference) => ({
  models: changed.map(({ model, listed, changes }) => ({
    id: model.id,
    listed_as: `${listed.provider}/${listed.id}`,
    changes: changes.map(toChangeJson),
  })),
  unlisted: comparison.unlisted.map(({ id }) => id),
  skipped,
  guard: findings.map(({ kind, message }) => ({ kind, message })),
});

const printDifference = (difference: Difference, { flags, print, report }: CommandContext): void => {
  const { comparison, changed, skipped } = difference;
  if (flags.json) print(JSON.stringify(toJson(difference), null, 2));
  else if (changed.length > 0) renderTable(COLUMNS, changed.flatMap(toRows)).forEach((line) => print(line));
  const { models, unlisted } = comparison;
  report(`${changed.length} of ${models.length} compared models differ; ${unlisted.length} are not in the list.`);
  if (skipped.length > 0) report(`${skipped.length} entries of the list were unreadable, first: ${skipped[0] ?? ''}`);
};

/** Exit code 1 when something differs, as with diff(1), so that a scheduled job can tell. */
export const diffCatalog = async (
  options: UpdateOptions,
  context: CommandContext,
  dependencies: CatalogDependencies,
): Promise<ExitCode> => {
  const difference = await findDifference(options, context, dependencies);
  printDifference(difference, context);
  for (const { message } of difference.findings) context.report(`Suspicious: ${message}`);
  return difference.changed.length === 0 && difference.findings.length === 0 ? 0 : 1;
};

const isConfirmed = async (count: number, { flags, ask }: CommandContext): Promise<boolean> => {
  if (flags.yes) return true;
  const answer = await ask(`Write ${count} file(s)? [yes/no]`, 'no');
  return /^y(es)?$/i.test(answer.trim());
};

const writeFiles = async (changed: readonly ModelComparison[], { folder, now }: CatalogDependencies): Promise<void> => {
  const source = { name: 'models.dev', asOf: now().toISOString().slice(0, 10) };
  // Every text is computed and checked before the first file is written: a file that cannot be edited stops the update
  // as a whole instead of leaving half of it.
  const texts = await Promise.all(
    changed.map(async (comparison) => {
      const path = join(folder, `${comparison.model.id}.toml`);
      return { path, text: updateModelFile(await readFile(path, 'utf8'), comparison, source) };
    }),
  );
  for (const { path, text } of texts) await writeFile(path, text);
  await loadCatalog(folder);
};

/** Shows the difference; writes only with `--write`, after the guard and a yes. */
export const updateCatalog = async (
  options: UpdateOptions,
  context: CommandContext,
  dependencies: CatalogDependencies,
): Promise<ExitCode> => {
  const difference = await findDifference(options, context, dependencies);
  const { changed, findings } = difference;
  printDifference(difference, context);
  if (changed.length === 0) return 0;
  for (const { message } of findings) context.fail(`Suspicious: ${message}`);
  if (findings.length > 0 && !options.force) {
    context.fail('Nothing was written. Check these prices at their source; --force writes them all the same.');
    return 1;
  }
  if (!options.write) {
    context.report(`Nothing was written. Run "${brand.binary} catalog update --write" to write it.`);
    return 0;
  }
  if (!(await isConfirmed(changed.length, context))) {
    context.report('Nothing was written.');
    return 0;
  }
  await writeFiles(changed, dependencies);
  context.report(`${changed.length} file(s) written. Review them: the catalog is reviewed data.`);
  return 0;
};
