/** Client keys: who may call, checked, with only the hash of each secret kept. */
import type { ClientKey } from '../catalog/pool.ts';
import { ConfigError } from '../errors.ts';
import { toComponentName } from './aliases.ts';
import type { BuildContext } from './context.ts';
import type { Configuration, KeyConfiguration } from './schema.ts';
import { hashSecret, resolveSecret } from './secret.ts';
import { toObjective } from './unified-models.ts';
import { renderSuggestion } from './wording.ts';

/** Shorter secrets can be guessed over the network. */
const MIN_SECRET_CHARACTERS = 20;

interface CallableNames {
  readonly components: readonly string[];
  readonly models: readonly string[];
  readonly aliases: readonly string[];
  readonly providers: readonly string[];
}

/** Keys in the order of the file; one whose secret cannot be read is reported and left out. */
export const buildClientKeys = async (
  configuration: Pick<Configuration, 'keys' | 'budgets'>,
  names: CallableNames,
  context: BuildContext,
): Promise<readonly ClientKey[]> => {
  const keys: ClientKey[] = [];
  for (const [name, key] of Object.entries(configuration.keys)) {
    const sha256 = await readHash(name, key, context);
    checkNames(name, key, { names, budgets: Object.keys(configuration.budgets), context });
    if (sha256 === null) continue;
    const twin = keys.find((other) => other.sha256 === sha256);
    if (twin !== undefined) reportTwin(name, twin.name, context);
    keys.push(toClientKey(name, sha256, key));
  }
  reportUnusedBudgets(configuration, context);
  return keys;
};

const toClientKey = (name: string, sha256: string, key: KeyConfiguration): ClientKey => ({
  name,
  sha256,
  models: key.models ?? null,
  objective: key.objective === undefined ? null : toObjective(key.objective),
  budget: key.budget ?? null,
  noTrain: key.no_train,
  disclosure: key.disclosure,
  echoModel: key.echo_model,
});

const readHash = async (
  name: string,
  { secret, hash }: KeyConfiguration,
  context: BuildContext,
): Promise<string | null> => {
  const path = ['keys', name];
  if ((secret === undefined) === (hash === undefined)) {
    context.report({
      code: 'key_source',
      severity: 'error',
      path,
      expected: 'exactly one of secret and hash',
      given: secret === undefined ? 'neither' : 'both',
      fix: secret === undefined ? 'add secret: env:NAME, or a hash that "keys new" prints' : 'remove one of the two',
    });
    return null;
  }
  return secret === undefined ? (hash?.slice('sha256:'.length) ?? null) : readSecretHash(name, secret, context);
};

const readSecretHash = async (name: string, reference: string, context: BuildContext): Promise<string | null> => {
  const path = ['keys', name, 'secret'];
  try {
    const secret = await resolveSecret(reference, context);
    if (secret.length < MIN_SECRET_CHARACTERS)
      context.report({
        code: 'short_secret',
        severity: 'warning',
        path,
        expected: `at least ${MIN_SECRET_CHARACTERS} random characters`,
        given: `${secret.length} (not shown)`,
        fix: 'use what "keys new" prints',
      });
    return hashSecret(secret);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const [blocking] = error.blocking;
    context.report({
      code: 'secret',
      severity: 'error',
      path,
      expected: blocking?.expected ?? 'a readable secret',
      given: `${reference}: ${blocking?.given ?? 'unreadable'}`,
      fix: blocking?.fix ?? 'correct the reference',
    });
    return null;
  }
};

interface KeyNames {
  readonly names: CallableNames;
  readonly budgets: readonly string[];
  readonly context: BuildContext;
}

const checkNames = (name: string, key: KeyConfiguration, { names, budgets, context }: KeyNames): void => {
  for (const [index, model] of (key.models ?? []).entries()) {
    if (isCallable(model, names)) continue;
    const component = names.components.includes(model) ? names.models.map((unified) => `${unified}/${model}`) : [];
    const known = [
      ...names.models,
      ...names.models.flatMap((unified) => names.components.map((part) => `${unified}/${part}`)),
      ...names.aliases,
    ];
    context.report({
      code: 'unknown_name',
      severity: 'error',
      path: ['keys', name, 'models', index],
      expected: 'a unified model, auto/<component>, an alias or provider/model, as clients write it',
      given: JSON.stringify(model),
      fix:
        component[0] === undefined
          ? renderSuggestion(model, known, `use one of ${names.models.join(', ')}`)
          : `write ${component[0]}`,
    });
  }
  if (key.budget !== undefined && !budgets.includes(key.budget))
    context.report({
      code: 'unknown_budget',
      severity: 'error',
      path: ['keys', name, 'budget'],
      expected:
        budgets.length === 0 ? 'a name under budgets, of which there is none' : `a budget (${budgets.join(', ')})`,
      given: JSON.stringify(key.budget),
      fix: renderSuggestion(key.budget, budgets, `add budgets.${key.budget}`),
    });
};

const isCallable = (model: string, names: CallableNames): boolean =>
  names.models.includes(model) ||
  names.aliases.includes(model) ||
  (model.includes('/') && toComponentName(model, names) !== null) ||
  (model.includes('/') && names.providers.includes(model.slice(0, model.indexOf('/'))));

const reportTwin = (name: string, twin: string, { report }: BuildContext): void =>
  report({
    code: 'same_secret',
    severity: 'error',
    path: ['keys', name],
    expected: 'a secret that no other key has',
    given: `the one of ${JSON.stringify(twin)}`,
    fix: 'give each key its own secret, or remove one of the two',
  });

/** The budget named `total` holds for everybody; the others count only where a key names them. */
const TOTAL_BUDGET = 'total';

const reportUnusedBudgets = (
  { keys, budgets }: Pick<Configuration, 'keys' | 'budgets'>,
  { report }: BuildContext,
): void => {
  const used = new Set(Object.values(keys).map(({ budget }) => budget));
  for (const name of Object.keys(budgets).filter((budget) => budget !== TOTAL_BUDGET && !used.has(budget)))
    report({
      code: 'unused_budget',
      severity: 'warning',
      path: ['budgets', name],
      expected: `a key that names it, or the name ${TOTAL_BUDGET}`,
      given: 'none, so that it limits nothing',
      fix: `set budget: ${name} for a key, or rename it to ${TOTAL_BUDGET}`,
    });
};
