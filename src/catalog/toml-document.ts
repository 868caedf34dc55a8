/** TOML text as a document, with its syntax errors as problems of a file. */
import { parse as parseToml, TomlError } from 'smol-toml';
import type { CatalogProblem } from './problem.ts';

/** The document, or what is wrong with its syntax. */
export const parseDocument = (file: string, text: string): { readonly document: unknown } | CatalogProblem => {
  try {
    return { document: parseToml(text) };
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    return {
      file,
      field: `line ${error.line}, column ${error.column}`,
      expected: 'TOML',
      given: error.message.split('\n')[0] ?? 'something else',
      fix: 'Correct the syntax there.',
    };
  }
};
