/** Reads the profiles of providers: every file of a folder, checked one by one and against each other. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError } from '../errors.ts';
import { createKnownKeys } from './known-keys.ts';
import { fromIssue, renderProblem, type CatalogProblem } from './problem.ts';
import type { ProviderProfile } from './provider-profile.ts';
import { providerFileSchema, toProviderProfile } from './provider-schema.ts';
import { parseDocument } from './toml-document.ts';

const knownKeys = createKnownKeys(providerFileSchema);

const FILE_NAME = /^[a-z0-9][a-z0-9-]*\.toml$/;

type Parsed =
  | { readonly type: 'profile'; readonly profile: ProviderProfile; readonly order: number }
  | { readonly type: 'problems'; readonly problems: readonly CatalogProblem[] };

/** `file` is the provider's name with `.toml`. */
export const parseProviderFile = (file: string, content: string): Parsed => {
  if (!FILE_NAME.test(file)) {
    const expected = 'a name <provider>.toml in lower-case letters, digits and hyphens';
    const problem = { file, field: '', expected, given: JSON.stringify(file), fix: 'Rename the file.' };
    return { type: 'problems', problems: [problem] };
  }
  const parsed = parseDocument(file, content);
  if (!('document' in parsed)) return { type: 'problems', problems: [parsed] };
  const checked = providerFileSchema.safeParse(parsed.document);
  if (checked.success) {
    const profile = toProviderProfile(file.slice(0, -'.toml'.length), checked.data);
    return { type: 'profile', profile, order: checked.data.order };
  }
  const context = { file, document: parsed.document, knownKeys };
  return { type: 'problems', problems: checked.error.issues.flatMap((issue) => fromIssue(issue, context)) };
};

/** A name that means two providers would make a lookup depend on the order of files. */
const findDoubled = (profiles: readonly ProviderProfile[]): readonly CatalogProblem[] => {
  const owners = new Map<string, string>();
  return profiles.flatMap(({ name, aliases }) =>
    [name, ...aliases].flatMap((each) => {
      const owner = owners.get(each);
      owners.set(each, name);
      if (owner === undefined) return [];
      const given = `"${each}", which also names ${owner}`;
      return [{ file: `${name}.toml`, field: 'aliases', expected: 'names of one provider', given, fix: 'Remove it.' }];
    }),
  );
};

/**
 * In the order in which they are offered. At once, because the providers are known before anything is loaded: twenty small
 * files take a few milliseconds. Throws ConfigError that lists every problem of every file.
 */
export const loadProfiles = (folder: string): readonly ProviderProfile[] => {
  const files = readdirSync(folder).filter((file) => file.endsWith('.toml'));
  const parsed = files.map((file) => parseProviderFile(file, readFileSync(join(folder, file), 'utf8')));
  const profiles = parsed
    .flatMap((each) => (each.type === 'profile' ? [each] : []))
    .toSorted((left, right) => left.order - right.order)
    .map(({ profile }) => profile);
  const problems = [
    ...parsed.flatMap((each) => (each.type === 'problems' ? each.problems : [])),
    ...findDoubled(profiles),
  ];
  if (problems.length === 0) return profiles;
  const lines = problems.map((problem) => `  ${renderProblem(problem)}`);
  throw new ConfigError([`The provider profiles in ${folder} have problems:`, ...lines].join('\n'), {
    code: 'catalog_invalid',
  });
};
