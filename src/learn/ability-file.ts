/** The abilities file of a home folder: what graded calls say of the components, as it was last fitted. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { brand } from '../brand.ts';
import type { Ability } from '../catalog/ability.ts';
import { ConfigError, isMissingFile } from '../errors.ts';
import { writeOwnedFile } from '../store/owned-file.ts';

/** A folder of its own: a server watches it for changes, and the store's folder changes all the time. */
export const toAbilitiesPath = (home: string): string => join(home, 'abilities', 'abilities.json');

const deviation = z.strictObject({ logits: z.number(), sd: z.number().positive() });

const scale = z.strictObject({
  calls: z.int().positive(),
  types: z.record(z.string(), deviation),
  others: deviation,
});

const fileSchema = z.strictObject({
  version: z.literal(1),
  fitted_at: z.iso.datetime(),
  components: z.record(
    z.string(),
    z.strictObject({
      deployment: z.string(),
      simulated: z.boolean(),
      text: scale.nullable(),
      tools: scale.nullable(),
    }),
  ),
});

export interface FittedAbilities {
  readonly fittedAt: string;
  /** By component. */
  readonly components: ReadonlyMap<string, Ability>;
}

export interface LoadedAbilities extends FittedAbilities {
  /** First 12 hex digits of the SHA-256 of the file. */
  readonly hash: string;
}

const HASH_DIGITS = 12;

const toHash = (text: string): string => createHash('sha256').update(text, 'utf8').digest('hex').slice(0, HASH_DIGITS);

const parseAbilities = (text: string): FittedAbilities => {
  const { fitted_at: fittedAt, components } = fileSchema.parse(JSON.parse(text));
  return { fittedAt, components: new Map(Object.entries(components)) };
};

/** Null where there is no such file. Throws ConfigError when it cannot be read as one. */
export const loadAbilities = async (path: string): Promise<LoadedAbilities | null> => {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (isMissingFile(error)) return null;
    throw toUnreadable(path, 'a file that cannot be read', error);
  }
  try {
    return { ...parseAbilities(text), hash: toHash(text) };
  } catch (error) {
    const issue = error instanceof z.ZodError ? error.issues[0] : undefined;
    const given = issue === undefined ? 'no JSON' : `${issue.path.join('.') || 'the whole'}: ${issue.message}`;
    throw toUnreadable(path, given, error);
  }
};

const toUnreadable = (path: string, given: string, cause: unknown): ConfigError => {
  const expected = 'abilities as they were fitted';
  const fix = `run "${brand.binary} abilities fit" again, or "${brand.binary} abilities reset"`;
  return new ConfigError(`${path}: expected ${expected}, given ${given}; fix: ${fix}`, {
    code: 'abilities_unreadable',
    cause,
    blocking: [{ constraint: path, expected, given, fix }],
  });
};

/** Readers see the old file or the new one, whole. Returns the hash of what was written. */
export const saveAbilities = async (path: string, { fittedAt, components }: FittedAbilities): Promise<string> => {
  const file: z.input<typeof fileSchema> = {
    version: 1,
    fitted_at: fittedAt,
    components: Object.fromEntries([...components].map(([name, ability]) => [name, toPlain(ability)])),
  };
  const text = `${JSON.stringify(file, null, 2)}\n`;
  await writeOwnedFile(path, text);
  return toHash(text);
};

const toPlain = ({ deployment, simulated, text, tools }: Ability) => ({
  deployment,
  simulated,
  text: text === null ? null : { ...text, types: { ...text.types } },
  tools: tools === null ? null : { ...tools, types: { ...tools.types } },
});
