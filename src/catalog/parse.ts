/** One catalog file's text, checked: either a model or everything that is wrong with the file. */
import { createKnownKeys } from './known-keys.ts';
import type { CatalogModel } from './model.ts';
import { fromIssue, type CatalogProblem } from './problem.ts';
import { checkRules } from './rules.ts';
import { modelFileSchema, toCatalogModel } from './schema.ts';
import { parseDocument } from './toml-document.ts';

export type ParsedModelFile =
  | { readonly type: 'model'; readonly model: CatalogModel }
  | { readonly type: 'problems'; readonly problems: readonly CatalogProblem[] };

/** `<lab>/<model>.toml`, in characters that stand in a URL and in every file system. */
const FILE_NAME = /^[a-z0-9][a-z0-9-]*\/[a-z0-9][a-z0-9.-]*\.toml$/;

const knownKeys = createKnownKeys(modelFileSchema);

const refuse = (problem: CatalogProblem): ParsedModelFile => ({ type: 'problems', problems: [problem] });

/** `file` is the path below the catalog's folder with forward slashes; it is the model's id and never in the file. */
export const parseModelFile = (file: string, text: string): ParsedModelFile => {
  if (!FILE_NAME.test(file)) {
    return refuse({
      file,
      field: '',
      expected: 'a path <lab>/<model>.toml in lower-case letters, digits, dots and hyphens',
      given: JSON.stringify(file),
      fix: 'Rename or move the file.',
    });
  }
  const parsed = parseDocument(file, text);
  if (!('document' in parsed)) return refuse(parsed);
  const checked = modelFileSchema.safeParse(parsed.document);
  if (!checked.success) {
    const context = { file, document: parsed.document, knownKeys };
    return { type: 'problems', problems: checked.error.issues.flatMap((issue) => fromIssue(issue, context)) };
  }
  const problems = checkRules(checked.data).map((finding) => ({ file, ...finding }));
  if (problems.length > 0) return { type: 'problems', problems };
  return { type: 'model', model: toCatalogModel(file.slice(0, -'.toml'.length), checked.data) };
};
