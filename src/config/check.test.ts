import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { loadCatalog } from '../catalog/load.ts';
import type { Pool } from '../catalog/pool.ts';
import { checkConfiguration } from './check.ts';
import type { Environment } from './environment.ts';
import { renderProblem, type Problem } from './problem.ts';
import { hashSecret } from './secret.ts';

const catalog = await loadCatalog(fileURLToPath(new URL('../../models', import.meta.url)));
const folder = await mkdtemp(join(tmpdir(), 'gearbox-check-'));
after(() => rm(folder, { recursive: true, force: true }));

const SECRET = 'correct-horse-battery-staple-0001';
const keys: Environment = { OPENAI_API_KEY: 'k', ANTHROPIC_API_KEY: 'k', GEARBOX_KEY_WEB: SECRET };
const nowMs = Date.parse('2026-11-23T00:00:00Z');

const check = async (text: string, environment: Environment = keys): ReturnType<typeof checkConfiguration> =>
  checkConfiguration(text, join(folder, 'gearbox.yaml'), { environment, catalog, nowMs });

const MINIMUM =
  'version: 1\ncomponents:\n  fast: { model: openai/gpt-5.4-mini }\n  thinking: { model: openai/gpt-5.5 }\n';

const poolOf = async (text: string, environment: Environment = keys): Promise<Pool> => {
  const { result, problems } = await check(text, environment);
  assert.ok(result, problems.map(renderProblem).join('\n'));
  return result.pool;
};

/** The one problem with this code; fails when there is none or when others of severity error are beside it. */
const problemOf = async (text: string, code: string, environment: Environment = keys): Promise<Problem> => {
  const { problems } = await check(text, environment);
  const found = problems.find((problem) => problem.code === code);
  assert.ok(
    found,
    `no ${code} in: ${problems.map((problem) => `${problem.code} ${renderProblem(problem)}`).join('\n')}`,
  );
  assert.deepEqual(
    problems.filter(({ code: other, severity }) => other !== code && severity === 'error').map(renderProblem),
    [],
  );
  return found;
};

const place = ({ line, column, field }: Problem): string => `${line}:${column} ${field}`;

test('two components are a whole configuration: auto routes over them with the documented defaults', async () => {
  const pool = await poolOf(MINIMUM);
  assert.deepEqual([...pool.components.keys()], ['fast', 'thinking']);
  assert.deepEqual(pool.models.get('auto'), {
    name: 'auto',
    components: ['fast', 'thinking'],
    objective: { type: 'preset', name: 'balanced' },
    baseline: null,
    policy: 'learned',
    router: null,
    bandPoints: null,
    maxWaitMs: null,
  });
  const fast = pool.components.get('fast');
  assert.equal(fast?.effort, 'auto');
  assert.equal(fast?.role, 'fast');
  assert.equal(fast?.deployments[0].credentials, 'env:OPENAI_API_KEY');
  assert.match(fast?.hash ?? '', /^[0-9a-f]{12}$/);
});

test('the example of the documentation is read as it is meant', async () => {
  await mkdir(join(folder, 'prompts'), { recursive: true });
  await writeFile(join(folder, 'prompts', 'coder.md'), 'Write tests first.\n');
  const text = `
version: 1
providers:
  vllm: { protocol: openai-chat, base_url: http://10.0.0.7:8000/v1/ }
components:
  fast:          { model: openai/gpt-6-luna, effort: none, limit: 160/3h }
  fast-mini:     { model: vllm/qwen3.6-35b-a3b, effort: none, price: { input: 0.02, output: 0.08 } }
  thinking:
    model: anthropic/claude-opus-5.5
    effort: auto
    fallback: [openrouter/anthropic/claude-opus-5.5]
    limit: { router: 3000/7d, user: 200/7d }
  thinking-mini: { model: vllm/qwen3.6-35b-a3b, effort: high, price: { input: 0.02, output: 0.08 } }
  coder:         { model: openai/gpt-5.4, effort: medium, for: [code], instructions: prompts/coder.md }
models:
  auto: { components: [fast, thinking, coder], objective: balanced, baseline: thinking, band: 2, max_wait: 90s }
aliases:
  gpt-4o: fast
  o3: { to: thinking, effort: medium, deprecated: 2026-12-01, sunset: 2027-01-14 }
budgets:
  total: { usd: 20000/month, at_limit: mini }
  web:   { usd: 200/day,     at_limit: refuse }
keys:
  web:    { secret: env:GEARBOX_KEY_WEB,    models: [auto], budget: web }
  claude: { hash: "sha256:${'a'.repeat(64)}", objective: quality, no_train: true, echo_model: requested }
privacy: { text: failures, keep: 24h }
`;
  const { result, problems } = await check(text, { ...keys, OPENROUTER_API_KEY: 'k' });
  assert.ok(result, problems.map(renderProblem).join('\n'));
  const { pool } = result;
  assert.deepEqual(
    problems.filter(({ severity }) => severity === 'error'),
    [],
  );
  assert.deepEqual(pool.components.get('fast')?.limits, {
    router: { count: 160, windowMs: 3 * 3_600_000 },
    user: { count: 160, windowMs: 3 * 3_600_000 },
  });
  assert.deepEqual(pool.components.get('thinking')?.limits, {
    router: { count: 3000, windowMs: 7 * 86_400_000 },
    user: { count: 200, windowMs: 7 * 86_400_000 },
  });
  assert.equal(pool.components.get('fast')?.mini, 'fast-mini');
  assert.equal(pool.providers.get('vllm')?.baseUrl, 'http://10.0.0.7:8000/v1');
  assert.deepEqual(
    pool.components.get('thinking')?.deployments.map(({ id }) => id),
    ['anthropic/claude-opus-5.5', 'openrouter/anthropic/claude-opus-5.5'],
  );
  assert.equal(pool.components.get('fast-mini')?.deployments[0].model.price?.base.input, 20_000);
  assert.deepEqual(pool.components.get('coder')?.for, ['code']);
  assert.deepEqual(pool.components.get('coder')?.instructions?.text, 'Write tests first.\n');
  assert.deepEqual(pool.aliases.get('o3'), {
    name: 'o3',
    to: 'thinking',
    effort: 'medium',
    verbosity: null,
    deprecatedOn: '2026-12-01',
    sunsetOn: '2027-01-14',
  });
  const [web, claude] = pool.keys;
  assert.deepEqual([web?.sha256, web?.models, web?.budget], [hashSecret(SECRET), ['auto'], 'web']);
  assert.deepEqual(
    [claude?.objective, claude?.noTrain, claude?.echoModel],
    [{ type: 'preset', name: 'quality' }, true, 'requested'],
  );
  assert.deepEqual([pool.models.get('auto')?.bandPoints, pool.models.get('auto')?.maxWaitMs], [2, 90_000]);
});

test('two settings of one hybrid model are two components with different hashes', async () => {
  const pool = await poolOf(
    'version: 1\ncomponents:\n  fast: { model: openai/gpt-5.5, effort: none }\n  thinking: { model: openai/gpt-5.5, effort: high }\n',
  );
  assert.notEqual(pool.components.get('fast')?.hash, pool.components.get('thinking')?.hash);
});

test('a component changes only its own hash and the hash of the whole', async () => {
  const before = await poolOf(MINIMUM);
  const afterwards = await poolOf(MINIMUM.replace('gpt-5.5 }', 'gpt-5.5, effort: high }'));
  assert.equal(before.components.get('fast')?.hash, afterwards.components.get('fast')?.hash);
  assert.notEqual(before.components.get('thinking')?.hash, afterwards.components.get('thinking')?.hash);
  assert.notEqual(before.configHash, afterwards.configHash);
});

test('the configuration hash does not depend on secrets, comments or the order of members', async () => {
  const withKey = `${MINIMUM}keys: { web: { secret: env:GEARBOX_KEY_WEB } }\n`;
  const one = await poolOf(withKey);
  const two = await poolOf(withKey, { ...keys, GEARBOX_KEY_WEB: 'another-secret-of-enough-length' });
  assert.notEqual(one.keys[0]?.sha256, two.keys[0]?.sha256);
  assert.equal(one.configHash, two.configHash);
  assert.equal((await poolOf(`# note\n${withKey}`)).configHash, one.configHash);
  assert.notEqual(one.configHash, (await poolOf(MINIMUM)).configHash);
});

test('unified models without a list get every component but minis, nano and pro', async () => {
  const text = `${MINIMUM}  thinking-mini: { model: openai/gpt-5.4-mini, effort: high }\n  pro: { model: openai/gpt-5.5-pro }\n  small: { model: openai/gpt-5.4-nano, role: fast-mini }\nmodels: { auto: {}, max: { components: [pro] } }\n`;
  const pool = await poolOf(text);
  assert.deepEqual(pool.models.get('auto')?.components, ['fast', 'thinking']);
  assert.deepEqual(pool.models.get('max')?.components, ['pro']);
});

test('an objective may be a number of dollars per solved task', async () => {
  const pool = await poolOf(`${MINIMUM}models: { auto: { objective: 0.25 } }\n`);
  assert.deepEqual(pool.models.get('auto')?.objective, { type: 'value', microUsdPerSuccess: 250_000 });
});

test('aliases follow other aliases to their end, and the first effort on the way counts', async () => {
  const pool = await poolOf(
    `${MINIMUM}aliases:\n  a: { to: b, effort: low }\n  b: { to: c, effort: high, verbosity: low }\n  c: auto/thinking\n  d: openai/gpt-5.4\n  e: auto\n`,
  );
  const { to, effort, verbosity } = pool.aliases.get('a') ?? {};
  assert.deepEqual({ to, effort, verbosity }, { to: 'thinking', effort: 'low', verbosity: 'low' });
  assert.equal(pool.aliases.get('d')?.to, 'openai/gpt-5.4');
  assert.equal(pool.aliases.get('e')?.to, 'auto');
});

test('an alias may have the name of the very component that it points at', async () => {
  assert.equal((await poolOf(`${MINIMUM}aliases: { fast: fast }\n`)).aliases.get('fast')?.to, 'fast');
});

test('a price in dollars becomes integer micro-dollars per million tokens, also where the catalog has one', async () => {
  const pool = await poolOf(
    MINIMUM.replace('gpt-5.4-mini }', 'gpt-5.4-mini, price: { input: 0.1, output: 0.4, cache_read: 0.01 } }'),
  );
  const base = pool.components.get('fast')?.deployments[0].model.price?.base;
  assert.deepEqual([base?.input, base?.output, base?.cacheRead], [100_000, 400_000, 10_000]);
});

test('local servers need neither key nor entry', async () => {
  const pool = await poolOf(
    'version: 1\ncomponents: { fast: { model: ollama/qwen3.6-35b-a3b, effort: none, price: { input: 0, output: 0 } } }\n',
    {},
  );
  assert.equal(pool.components.get('fast')?.deployments[0].baseUrl, 'http://127.0.0.1:11434/v1');
  assert.equal(pool.components.get('fast')?.deployments[0].credentials, null);
});

test('a known provider may be redirected, its key named elsewhere, and its other names are understood', async () => {
  const text =
    'version: 1\nproviders: { openai: { base_url: https://eu.api.openai.com/v1, key: env:EU_KEY } }\ncomponents: { fast: { model: openai/gpt-5.5 }, thinking: { model: gemini/gemini-3.8-flash } }\n';
  const pool = await poolOf(text, { EU_KEY: 'k', GOOGLE_API_KEY: 'k' });
  const openai = pool.providers.get('openai');
  assert.deepEqual(
    [openai?.baseUrl, openai?.credentials, openai?.protocol],
    ['https://eu.api.openai.com/v1', 'env:EU_KEY', 'openai-chat'],
  );
  assert.deepEqual(pool.components.get('thinking')?.deployments[0].provider, 'google');
  assert.deepEqual(pool.providers.get('google')?.credentials, 'env:GOOGLE_API_KEY');
});

test('providers with a key in the environment are callable although no component uses them', async () => {
  const pool = await poolOf(MINIMUM, { ...keys, MISTRAL_API_KEY: 'k' });
  assert.deepEqual([...pool.providers.keys()], ['openai', 'anthropic', 'mistral']);
});

/** Wrong configurations: the text after the minimum (or a whole one), the code, the place, and words of the message. */
const WRONG: readonly (readonly [title: string, text: string, code: string, place: string, words: RegExp])[] = [
  [
    'a limit without a mini',
    MINIMUM.replace('mini }', 'mini, limit: 160/3h }'),
    'limit_without_mini',
    '3:46 components.fast.limit',
    /fast-mini, or the one that mini: names.*add a component fast-mini/,
  ],
  [
    'a mini that is no component',
    MINIMUM.replace('mini }', 'mini, mini: thinkin }'),
    'unknown_component',
    '3:45 components.fast.mini',
    /did you mean thinking/,
  ],
  [
    'a component that is its own mini',
    MINIMUM.replace('mini }', 'mini, mini: fast }'),
    'unknown_component',
    '3:45 components.fast.mini',
    /another component/,
  ],
  [
    'an unknown component in a unified model',
    `${MINIMUM}models:\n  auto:\n    components: [fast, thinkng]\n`,
    'unknown_component',
    '7:24 models.auto.components[1]',
    /given "thinkng"; fix: did you mean thinking/,
  ],
  [
    'an unknown baseline',
    `${MINIMUM}models: { auto: { baseline: slow } }\n`,
    'unknown_component',
    '5:29 models.auto.baseline',
    /a component \(fast, thinking\)/,
  ],
  [
    'a component with the name of a unified model',
    `${MINIMUM}  auto: { model: openai/gpt-5.5 }\n`,
    'shadowed_name',
    '5:3 components.auto',
    /rename/,
  ],
  [
    'an alias with the name of a unified model',
    `${MINIMUM}aliases: { auto: fast }\n`,
    'shadowed_name',
    '5:12 aliases.auto',
    /one already/,
  ],
  [
    'an alias with the name of another component',
    `${MINIMUM}aliases: { fast: thinking }\n`,
    'shadowed_name',
    '5:12 aliases.fast',
    /one already/,
  ],
  [
    'an alias that hides auto/<component>',
    `${MINIMUM}aliases: { auto/fast: thinking }\n`,
    'shadowed_name',
    '5:12 aliases.auto/fast',
    /one already/,
  ],
  [
    'an alias to nowhere',
    `${MINIMUM}aliases: { gpt-4o: fats }\n`,
    'unknown_target',
    '5:20 aliases.gpt-4o',
    /did you mean fast/,
  ],
  [
    'an alias to an unknown provider',
    `${MINIMUM}aliases: { old: { to: opnai/x } }\n`,
    'unknown_target',
    '5:23 aliases.old.to',
    /provider\/model of a usable provider/,
  ],
  ['an alias to itself', `${MINIMUM}aliases: { a: a }\n`, 'alias_cycle', '5:15 aliases.a', /a circle: a → a/],
  [
    'an alias that ends before it is deprecated',
    `${MINIMUM}aliases: { a: { to: fast, deprecated: 2027-02-01, sunset: 2027-01-01 } }\n`,
    'dates',
    '5:59 aliases.a.sunset',
    /from 2027-02-01 on/,
  ],
  [
    'a day that does not exist',
    `${MINIMUM}aliases: { a: { to: fast, sunset: 2027-02-30 } }\n`,
    'invalid_value',
    '5:35 aliases.a.sunset',
    /a date such as 2027-01-14, given "2027-02-30"/,
  ],
  [
    'an unknown budget of a key',
    `${MINIMUM}budgets: { total: { usd: 5/day } }\nkeys: { web: { secret: env:GEARBOX_KEY_WEB, budget: totl } }\n`,
    'unknown_budget',
    '6:53 keys.web.budget',
    /did you mean total/,
  ],
  [
    'an unknown name in the models of a key',
    `${MINIMUM}keys: { web: { secret: env:GEARBOX_KEY_WEB, models: [auto, atuo] } }\n`,
    'unknown_name',
    '5:60 keys.web.models[1]',
    /did you mean auto/,
  ],
  [
    'a bare component name in the models of a key',
    `${MINIMUM}keys: { web: { secret: env:GEARBOX_KEY_WEB, models: [fast] } }\n`,
    'unknown_name',
    '5:54 keys.web.models[0]',
    /fix: write auto\/fast/,
  ],
  [
    'a key with neither secret nor hash',
    `${MINIMUM}keys: { web: {} }\n`,
    'key_source',
    '5:14 keys.web',
    /exactly one of secret and hash, given neither/,
  ],
  [
    'a key with both',
    `${MINIMUM}keys: { web: { secret: env:GEARBOX_KEY_WEB, hash: "sha256:${'0'.repeat(64)}" } }\n`,
    'key_source',
    '5:14 keys.web',
    /given both/,
  ],
  [
    'a key whose variable is not set',
    `${MINIMUM}keys: { web: { secret: env:NOWHERE } }\n`,
    'secret',
    '5:24 keys.web.secret',
    /env:NOWHERE: nothing: it is not set or empty/,
  ],
  [
    'a key whose file is missing',
    `${MINIMUM}keys: { web: { secret: file:missing.key } }\n`,
    'secret',
    '5:24 keys.web.secret',
    /file:missing\.key: ENOENT/,
  ],
  [
    'two keys with one secret',
    `${MINIMUM}keys:\n  web: { secret: env:GEARBOX_KEY_WEB }\n  app: { secret: env:GEARBOX_KEY_WEB }\n`,
    'same_secret',
    '7:8 keys.app',
    /the one of "web"/,
  ],
  [
    'an effort that the model does not take',
    MINIMUM.replace('gpt-5.5 }', 'gpt-5.5, effort: max }'),
    'effort_unsupported',
    '4:46 components.thinking.effort',
    /none, low, medium, high, xhigh, auto or provider, given max/,
  ],
  [
    'an unknown effort',
    MINIMUM.replace('gpt-5.5 }', 'gpt-5.5, effort: hgih }'),
    'invalid_value',
    '4:46 components.thinking.effort',
    /did you mean high/,
  ],
  [
    'an unknown provider',
    MINIMUM.replace('openai/gpt-5.5', 'opnai/gpt-5.5'),
    'unknown_provider',
    '4:22 components.thinking.model',
    /openai, anthropic.*did you mean openai/,
  ],
  [
    'a known provider without its key',
    MINIMUM.replace('openai/gpt-5.5', 'mistral/mistral-medium-3.5'),
    'provider_key_missing',
    '4:22 components.thinking.model',
    /set MISTRAL_API_KEY/,
  ],
  [
    'a model without provider',
    MINIMUM.replace('openai/gpt-5.5', 'gpt-5.5'),
    'invalid_value',
    '4:22 components.thinking.model',
    /provider\/model without blanks/,
  ],
  [
    'missing instructions',
    MINIMUM.replace('gpt-5.5 }', 'gpt-5.5, instructions: nowhere.md }'),
    'instructions',
    '4:52 components.thinking.instructions',
    /nowhere\.md, which is not there/,
  ],
  [
    'a folder as instructions',
    MINIMUM.replace('gpt-5.5 }', 'gpt-5.5, instructions: . }'),
    'instructions',
    '4:52 components.thinking.instructions',
    /a text file/,
  ],
  [
    'another version of the format',
    MINIMUM.replace('version: 1', 'version: 2'),
    'version',
    '1:10 version',
    /expected 1, given 2; fix: set version: 1/,
  ],
  ['no version', MINIMUM.replace('version: 1\n', ''), 'version', '1:1 version', /given nothing/],
  [
    'no components',
    'version: 1\n',
    'missing',
    '1:1 components',
    /a map from component name to settings, given nothing/,
  ],
  [
    'an empty map of components',
    'version: 1\ncomponents: {}\n',
    'no_components',
    '2:13 components',
    /both may be one model/,
  ],
  ['an unknown section', `${MINIMUM}modles: {}\n`, 'unknown_key', '5:1 modles', /did you mean models/],
  [
    'an unknown field',
    MINIMUM.replace('mini }', 'mini, efort: low }'),
    'unknown_key',
    '3:39 components.fast.efort',
    /did you mean effort/,
  ],
  [
    'an unknown field of a limit',
    MINIMUM.replace('mini }', 'mini, limit: { routr: 1/1h } }'),
    'unknown_key',
    '3:48 components.fast.limit.routr',
    /did you mean router/,
  ],
  [
    'a limit that is none',
    MINIMUM.replace('mini }', 'mini, limit: 160 per 3h }'),
    'invalid_value',
    '3:46 components.fast.limit',
    /160\/3h or 3000\/7d, given "160 per 3h"/,
  ],
  [
    'a list where a limit is expected',
    MINIMUM.replace('mini }', 'mini, limit: [1] }'),
    'invalid_value',
    '3:46 components.fast.limit',
    /160\/3h or 3000\/7d or a map of fields/,
  ],
  [
    'a duration without unit',
    `${MINIMUM}models: { auto: { max_wait: 90 } }\n`,
    'invalid_value',
    '5:29 models.auto.max_wait',
    /250ms, 90s/,
  ],
  [
    'a budget without period',
    `${MINIMUM}budgets: { total: { usd: 20000 } }\n`,
    'invalid_value',
    '5:26 budgets.total.usd',
    /200\/day or 20000\/month/,
  ],
  [
    'a negative objective',
    `${MINIMUM}models: { auto: { objective: -1 } }\n`,
    'invalid_value',
    '5:30 models.auto.objective',
    /more than 0, given -1/,
  ],
  [
    'a misspelt objective',
    `${MINIMUM}models: { auto: { objective: qualty } }\n`,
    'invalid_value',
    '5:30 models.auto.objective',
    /did you mean quality/,
  ],
  [
    'a port out of range',
    `${MINIMUM}server: { port: 99999 }\n`,
    'invalid_value',
    '5:17 server.port',
    /0 to 65535, given 99999/,
  ],
  [
    'a wildcard origin',
    `${MINIMUM}server: { cors_origins: ["*"] }\n`,
    'invalid_value',
    '5:26 server.cors_origins[0]',
    /an origin such as/,
  ],
  [
    'an unknown provider without address',
    `${MINIMUM}providers: { box: { protocol: openai-chat } }\n`,
    'missing',
    '5:14 providers.box.base_url',
    /box is not a known provider/,
  ],
  [
    'an address with credentials',
    `${MINIMUM}providers: { box: { protocol: openai-chat, base_url: "http://me:pw@10.0.0.1/v1" } }\n`,
    'literal_secret',
    '5:54 providers.box.base_url',
    /not shown/,
  ],
  [
    'a header with a secret',
    `${MINIMUM}providers: { box: { protocol: openai-chat, base_url: "http://10.0.0.1/v1", headers: { Authorization: hunter2 } } }\n`,
    'literal_secret',
    '5:102 providers.box.headers.Authorization',
    /key: env:NAME/,
  ],
  [
    'a conversation type that does not exist',
    MINIMUM.replace('mini }', 'mini, for: [cod] }'),
    'invalid_value',
    '3:45 components.fast.for[0]',
    /did you mean code/,
  ],
];

for (const [title, text, code, expectedPlace, words] of WRONG) {
  test(`${title} is refused with place and fix`, async () => {
    const problem = await problemOf(text, code);
    assert.equal(problem.severity, 'error');
    assert.equal(place(problem), expectedPlace);
    assert.match(renderProblem(problem), words);
    assert.equal((await check(text)).result, null);
  });
}

test('a circle of aliases is reported for each of its names', async () => {
  const { problems } = await check(`${MINIMUM}aliases: { a: b, b: c, c: a }\n`);
  assert.deepEqual(
    problems.map(({ code, field }) => [code, field]),
    [
      ['alias_cycle', 'aliases.a'],
      ['alias_cycle', 'aliases.b'],
      ['alias_cycle', 'aliases.c'],
    ],
  );
});

test('every problem is reported in one run, in the order of the file', async () => {
  const { problems } = await check('version: 3\ncomponents:\n  fast: { model: gpt, efort: 1 }\nmodles: {}\n');
  assert.deepEqual(problems.map(place), [
    '1:10 version',
    '3:18 components.fast.model',
    '3:23 components.fast.efort',
    '4:1 modles',
  ]);
});

test('a problem is one line with file, place, field, expectation, what was given, and the fix', async () => {
  const problem = await problemOf(MINIMUM.replace('mini }', 'mini, effort: fast }'), 'invalid_value');
  assert.equal(
    renderProblem({ ...problem, file: 'gearbox.yaml' }),
    'gearbox.yaml:3:47 components.fast.effort: expected none, minimal, low, medium, high, xhigh, max, auto or provider, given "fast"; fix: use one of these',
  );
});

const warningOf = async (text: string, code: string, environment: Environment = keys): Promise<string> => {
  const problem = await problemOf(text, code, environment);
  assert.equal(problem.severity, 'warning');
  assert.ok((await check(text, environment)).result, 'a warning does not refuse');
  return renderProblem(problem);
};

test('a model that the catalog does not know is a warning with a suggestion, and its missing price another', async () => {
  const text = MINIMUM.replace('gpt-5.5', 'gpt-55');
  assert.match(await warningOf(text, 'unknown_model'), /openai\/gpt-55.*did you mean .*gpt-5\.5/);
  assert.match(await warningOf(text, 'price_unknown'), /cost is unknown/);
  const priced = await check(text.replace('gpt-55 }', 'gpt-55, price: { input: 1, output: 2 } }'));
  assert.deepEqual(
    priced.problems.map(({ code }) => code),
    ['unknown_model'],
  );
});

test('a model with a shutdown date is a warning that names it', async () => {
  assert.match(await warningOf(MINIMUM.replace('gpt-5.4-mini', 'gpt-4o'), 'model_deprecated'), /2027-01-14/);
});

test('a fixed effort on a fallback that does not take it is a warning, because the first deployment does', async () => {
  const text = MINIMUM.replace('gpt-5.5 }', 'gpt-5.5, effort: none, fallback: [anthropic/claude-opus-5.5] }');
  assert.match(await warningOf(text, 'effort_unsupported'), /claude-opus-5\.5/);
});

test('a model without reasoning takes effort none', async () => {
  const { problems } = await check(MINIMUM.replace('gpt-5.5 }', 'gpt-4.1, effort: none }'));
  assert.deepEqual(
    problems.map(({ code }) => code),
    ['model_deprecated'],
  );
});

test('an output limit above the model’s is a warning', async () => {
  assert.match(
    await warningOf(MINIMUM.replace('gpt-5.5 }', 'gpt-5.5, max_output_tokens: 9000000 }'), 'output_limit'),
    /at most 128000/,
  );
});

test('a short secret, an unused budget, an alias past its day and a doubled component are warnings', async () => {
  assert.match(
    await warningOf(`${MINIMUM}keys: { web: { secret: env:K } }\n`, 'short_secret', { ...keys, K: 'abc' }),
    /given 3 \(not shown\)/,
  );
  assert.match(await warningOf(`${MINIMUM}budgets: { team: { usd: 5/day } }\n`, 'unused_budget'), /budget: team/);
  assert.match(
    await warningOf(`${MINIMUM}aliases: { a: { to: fast, sunset: 2026-01-01 } }\n`, 'alias_sunset'),
    /no longer works/,
  );
  assert.match(
    await warningOf(`${MINIMUM}models: { auto: { components: [fast, fast] } }\n`, 'duplicate'),
    /"fast" again/,
  );
});

test('a key that would travel in clear text over a network is a warning', async () => {
  const text = `${MINIMUM}providers: { box: { protocol: openai-chat, base_url: "http://10.0.0.1/v1", key: env:OPENAI_API_KEY } }\n`;
  assert.match(await warningOf(text, 'clear_text_key'), /https/);
  assert.deepEqual((await check(text.replace('10.0.0.1', '127.0.0.1'))).problems, []);
});

test('a wrong address of a local server that a component or entry needs is an error at that place', async () => {
  const wrong = { ...keys, OLLAMA_HOST: 'ftp://x' };
  const component = await check(MINIMUM.replace('openai/gpt-5.5', 'ollama/qwen3-32b'), wrong);
  assert.deepEqual(component.problems.filter(({ severity }) => severity === 'error').map(place), [
    '4:22 components.thinking.model',
  ]);
  const entry = await check(`${MINIMUM}providers: { ollama: { key: env:OPENAI_API_KEY } }\n`, wrong);
  assert.deepEqual(
    entry.problems.filter(({ severity }) => severity === 'error').map(({ field }) => field),
    ['providers.ollama'],
  );
});

test('model ids that are too long or hold control characters, and prices of a single token’s scale, are refused', async () => {
  await problemOf(MINIMUM.replace('openai/gpt-5.5', `openai/${'x'.repeat(200)}`), 'invalid_value');
  await problemOf(MINIMUM.replace('openai/gpt-5.5', String.raw`"openai/a\u0001b"`), 'invalid_value');
  const dear = await problemOf(
    MINIMUM.replace('gpt-5.5 }', 'gpt-5.5, price: { input: 5000, output: 1 } }'),
    'invalid_value',
  );
  assert.match(renderProblem(dear), /USD per million input tokens, from 0 to 1000, given 5000/);
});

test('an alias may use another name of a known provider', async () => {
  const pool = await poolOf(`${MINIMUM}aliases: { flash: gemini/gemini-3.8-flash }\n`, {
    ...keys,
    GEMINI_API_KEY: 'k',
  });
  assert.equal(pool.aliases.get('flash')?.to, 'gemini/gemini-3.8-flash');
});

test('a wrong address of a local server in the environment is a warning, and the server is not used', async () => {
  const { problems, result } = await check(MINIMUM, { ...keys, OLLAMA_HOST: 'ftp://x' });
  assert.deepEqual(
    problems.map(({ code }) => code),
    ['provider_address'],
  );
  assert.equal(result?.pool.providers.has('ollama'), false);
});

test('a key pasted anywhere is refused and never repeated', async () => {
  const pasted = 'sk-proj-abcdefghijklmnop1234567890';
  const places = [
    `${MINIMUM}keys: { web: { secret: ${pasted} } }\n`,
    `${MINIMUM}keys: { web: ${pasted} }\n`,
    `${MINIMUM}keys: { ${pasted}: {} }\n`,
    `${MINIMUM}providers: { openai: { key: ${pasted} } }\n`,
    `${MINIMUM}providers: { openai: { headers: { x: Bearer ${pasted} } } }\n`,
    MINIMUM.replace('openai/gpt-5.5', `openai/${pasted}`),
    MINIMUM.replace('mini }', `mini, ${pasted}: 1 }`),
    `${MINIMUM}${pasted}: 1\n`,
    `${MINIMUM}x: [${pasted}\n`,
    `${MINIMUM}x: *${pasted}\n`,
  ];
  for (const text of places) {
    const { problems, result } = await check(text);
    assert.equal(result, null, text);
    assert.ok(problems.length > 0, text);
    assert.doesNotMatch(JSON.stringify(problems) + problems.map(renderProblem).join('\n'), /abcdefghij/, text);
  }
});

test('a secret that does not look like one is not repeated either where a secret belongs', async () => {
  for (const text of [
    `${MINIMUM}keys: { web: { secret: hunter2 } }\n`,
    `${MINIMUM}keys: { web: hunter2 }\n`,
    `${MINIMUM}keys: { web: { hash: hunter2 } }\n`,
    `${MINIMUM}providers: { openai: { key: hunter2 } }\n`,
  ]) {
    const { problems } = await check(text);
    assert.ok(problems.length > 0, text);
    assert.doesNotMatch(JSON.stringify(problems), /hunter2/, text);
  }
});

const SYNTAX: readonly (readonly [title: string, text: string, code: string, line: number | null, words: RegExp])[] = [
  ['a doubled key', `${MINIMUM}version: 1\n`, 'duplicate_key', 5, /every key once/],
  ['a tab', 'version: 1\ncomponents:\n\tfast: {}\n', 'yaml_syntax', 3, /a tab; fix: replace the tab/],
  ['an open quote', 'version: "1\n', 'yaml_syntax', 2, /closing character/],
  ['a second document', `${MINIMUM}---\nversion: 1\n`, 'yaml_syntax', 5, /one document/],
  ['an open bracket', 'components: [1,\n', 'yaml_syntax', 2, /valid YAML/],
  ['an unknown YAML alias', 'version: *one\n', 'yaml_alias', null, /before their aliases/],
];

for (const [title, text, code, line, words] of SYNTAX) {
  test(`${title} is a syntax problem with its line`, async () => {
    const problem = await problemOf(text, code);
    assert.equal(problem.line, line);
    assert.match(renderProblem(problem), words);
  });
}

test('nested YAML aliases that grow exponentially are refused quickly', async () => {
  const levels = Array.from(
    { length: 25 },
    (_, index) => `l${index + 1}: &l${index + 1} [${`*l${index}, `.repeat(9)}*l${index}]`,
  );
  const started = performance.now();
  const problem = await problemOf(`l0: &l0 x\n${levels.join('\n')}\n`, 'yaml_alias');
  assert.match(renderProblem(problem), /at most 100 copies/);
  assert.ok(performance.now() - started < 1000);
});

test('thousands of brackets and files of megabytes are refused, not crashed on', async () => {
  const deep = await check(`a: ${'['.repeat(200_000)}`);
  assert.equal(deep.result, null);
  assert.match(renderProblem(await problemOf(`a: ${'x'.repeat(1024 * 1024)}`, 'too_large')), /at most 1048576 bytes/);
});

test('YAML anchors in moderation work, and problems inside them have a place', async () => {
  const pool = await poolOf('version: 1\ncomponents:\n  fast: &one { model: openai/gpt-5.5 }\n  thinking: *one\n');
  assert.equal(pool.components.get('thinking')?.deployments[0].upstreamModel, 'gpt-5.5');
  const problem = (
    await check('version: 1\ncomponents:\n  fast: &one { model: openai/gpt-5.5, efort: 1 }\n  thinking: *one\n')
  ).problems[1];
  assert.equal(problem?.line, 3);
});

test('an empty file, a list and a word are refused with what is expected', async () => {
  for (const text of ['', '# nothing\n', '- a\n', 'hello\n', '42\n']) {
    const { problems, result } = await check(text);
    assert.equal(result, null, text);
    assert.ok(problems.length > 0, text);
  }
});

test('names of members of every object are ordinary unknown keys', async () => {
  for (const name of ['constructor', 'toString', '__proto__', 'hasOwnProperty']) {
    const problem = await problemOf(`${MINIMUM}${name}: 1\n`, 'unknown_key');
    assert.equal(place(problem), `5:1 ${name}`);
  }
});

test('relative paths start from the folder of the file, not from the working folder', async () => {
  await writeFile(join(folder, 'key.txt'), `${SECRET}\n`);
  const pool = await poolOf(`${MINIMUM}keys: { web: { secret: file:key.txt } }\n`);
  assert.equal(pool.keys[0]?.sha256, hashSecret(SECRET));
  assert.notEqual(dirname(join(folder, 'key.txt')), process.cwd());
});

test('a key that spans lines is named on one line', async () => {
  const { problems } = await checkConfiguration('? : #\n', 'gearbox.yaml', {
    environment: {},
    catalog,
    nowMs: 0,
  });
  assert.ok(problems.length > 0);
  for (const problem of problems) assert.ok(!renderProblem(problem).includes('\n'), renderProblem(problem));
});

test('a protocol that no provider can be called in is refused, not found out at the first request', async () => {
  const text = `${MINIMUM}providers: { google: { protocol: gemini, base_url: 'https://example.com/v1' } }\n`;
  const problem = await problemOf(text, 'invalid_value');
  assert.equal(problem.severity, 'error');
  assert.match(renderProblem(problem), /providers\.google\.protocol: expected openai-chat, .*given "gemini"/);
});

const score = (percent: number | string, benchmark = 'exam 2026-06'): string =>
  `score: { benchmark: ${benchmark}, percent: ${percent} } }`;

test('scores of one benchmark are compared, and are part of the hashes', async () => {
  const text = MINIMUM.replace('mini }', `mini, ${score(80)}`).replace('gpt-5.5 }', `gpt-5.5, ${score(80)}`);
  const [plain, pool] = [await poolOf(MINIMUM), await poolOf(text)];
  const { score: given, published, hash } = pool.components.get('fast') ?? {};
  assert.deepEqual(given, { benchmark: 'exam 2026-06', percent: 80 });
  assert.equal(published?.compared, 2);
  assert.ok((published?.logits ?? 0) > 0.3, 'as good as thinking is better than its role');
  assert.notEqual(hash, plain.components.get('fast')?.hash);
  assert.notEqual(pool.configHash, plain.configHash);
  // The score of another component moves this one too.
  const higher = await poolOf(text.replace(/percent: 80(?=[^8]*$)/, 'percent: 90'));
  assert.notEqual(higher.components.get('fast')?.hash, hash);
});

test('a score that has nothing beside it is a warning, and is not used', async () => {
  const alone = MINIMUM.replace('gpt-5.5 }', `gpt-5.5, ${score(80)}`);
  assert.match(await warningOf(alone, 'score_alone'), /components\.thinking\.score.*"exam 2026-06".*other components/);
  assert.equal((await poolOf(alone)).components.get('thinking')?.published, undefined);
  const mixed = alone.replace('mini }', `mini, ${score(70, 'exam 2025-01')}`);
  assert.match(await warningOf(mixed, 'score_alone'), /components\.fast\.score/);
});

test('a score is a percentage from 1 to 99 with the name of its benchmark', async () => {
  const codes = async (text: string) =>
    (await check(MINIMUM.replace('gpt-5.5 }', `gpt-5.5, ${text}`))).problems.map(({ field }) => field);
  assert.deepEqual(await codes(score(0)), ['components.thinking.score.percent']);
  assert.deepEqual(await codes(score(100)), ['components.thinking.score.percent']);
  assert.deepEqual(await codes('score: 71 }'), ['components.thinking.score']);
  assert.deepEqual(await codes('score: { percent: 71 } }'), ['components.thinking.score.benchmark']);
});

test('an alias inside of what it names is an error with its place', async () => {
  const text = 'version: 1\ncomponents: &all\n  fast: { model: openai/gpt-5.4-mini }\n  thinking: *all\n';
  const { problems, result } = await check(text);
  assert.equal(result, null);
  assert.deepEqual(
    problems.map(({ code, line, column }) => [code, line, column]),
    [['yaml_alias', 4, 13]],
  );
});

test('a header that cannot be sent is refused before any call', async () => {
  const withHeader = (header: string, value: string): string =>
    `${MINIMUM}providers: { mine: { protocol: openai-chat, base_url: 'http://127.0.0.1:1/v1', headers: { ${header}: ${value} } } }\n`;
  for (const [header, value] of [
    ['X-A', '"a\\nb"'],
    ['X-A', "'日本'"],
    ['Transfer-Encoding', 'chunked'],
    ['content-length', "'5'"],
  ] as const) {
    const problem = await problemOf(withHeader(header, value), 'invalid_value');
    assert.equal(problem.severity, 'error');
    assert.equal(problem.field, `providers.mine.headers.${header}`);
  }
  assert.ok((await check(withHeader('X-Team', 'Käse'))).result);
});
