/** Writes accepted changes into a catalog file's text, with their new source and date, and checks the result. */
import { ConfigError } from '../errors.ts';
import { compareModel, isPriceChange, type ModelComparison } from './compare.ts';
import type { CatalogModel } from './model.ts';
import type { ListedModel } from './models-dev.ts';
import { parseModelFile } from './parse.ts';
import { renderProblem } from './problem.ts';
import { editToml, type TomlEdit } from './toml-edit.ts';

interface UpdateSource {
  readonly name: string;
  /** `YYYY-MM-DD`. */
  readonly asOf: string;
}

const sourceEdits = (table: string, { name, asOf }: UpdateSource): readonly TomlEdit[] => [
  { table, index: null, key: 'source', value: name },
  { table, index: null, key: 'as_of', value: asOf },
  { table, index: null, key: 'verified', value: true },
];

const refuse = (file: string, reason: string): never => {
  throw new ConfigError(
    `${file}: expected a file whose values can be replaced line by line, got ${reason}. Edit this file by hand.`,
    { code: 'catalog_not_editable' },
  );
};

const parseResult = (file: string, text: string): CatalogModel => {
  const parsed = parseModelFile(file, text);
  if (parsed.type === 'model') return parsed.model;
  return refuse(file, parsed.problems.map(renderProblem).join(' '));
};

const checkNothingLeft = (file: string, model: CatalogModel, listed: ListedModel): void => {
  const left = compareModel(model, listed);
  if (left.length > 0) refuse(file, `unchanged ${left.map(({ key }) => key).join(', ')}`);
};

/**
 * The file's text after the update. Groups of facts that change get the new source and date; comments stay. Throws
 * ConfigError, and so writes nothing, when the edited text does not parse or still differs from the list.
 */
export const updateModelFile = (text: string, comparison: ModelComparison, source: UpdateSource): string => {
  const { model, listed, changes } = comparison;
  const file = `${model.id}.toml`;
  const edits: readonly TomlEdit[] = [
    ...(changes.some((change) => !isPriceChange(change)) ? sourceEdits('facts', source) : []),
    ...(changes.some(isPriceChange) ? sourceEdits('price', source) : []),
    ...changes.map(({ table, index, key, to }) => ({ table, index, key, value: to })),
  ];
  const updated = editToml(text, edits);
  checkNothingLeft(file, parseResult(file, updated), listed);
  return updated;
};
