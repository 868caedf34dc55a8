import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import * as fc from 'fast-check';
import { parse, stringify } from 'yaml';
import { EFFORTS } from '../canonical/effort.ts';
import { OBJECTIVE_NAMES } from '../catalog/component.ts';
import { loadCatalog } from '../catalog/load.ts';
import { checkConfiguration } from './check.ts';
import { renderProblem } from './problem.ts';
import { parseCallLimit, parseDuration, parseSize, parseSpending, renderDuration } from './quantity.ts';
import { configurationSchema, type ConfigurationInput } from './schema.ts';

const catalog = await loadCatalog(fileURLToPath(new URL('../../models', import.meta.url)));

const check = (text: string): ReturnType<typeof checkConfiguration> =>
  checkConfiguration(text, '/nowhere/gearbox.yaml', {
    environment: { OPENAI_API_KEY: 'k' },
    catalog,
    nowMs: Date.parse('2026-11-23'),
  });

const unit = fc.constantFrom('ms', 's', 'm', 'h', 'd');
const duration = fc.tuple(fc.integer({ min: 1, max: 999 }), unit).map(([amount, suffix]) => `${amount}${suffix}`);
const callLimit = fc
  .tuple(fc.integer({ min: 1, max: 99_999 }), duration)
  .map(([count, window]) => `${count}/${window}`);
const name = fc.stringMatching(/^[a-z][a-z0-9]{2,10}$/).filter((text) => text !== 'auto');
/** Only levels that every model below takes. */
const effort = fc.constantFrom('none', 'low', 'medium', 'high', 'auto', 'provider');
const model = fc.constantFrom('openai/gpt-5.4-mini', 'openai/gpt-5.5', 'openai/gpt-5.4');
const usd = fc.integer({ min: 0, max: 100_000_000 }).map((micro) => micro / 1_000_000);

const optional = <Value>(arbitrary: fc.Arbitrary<Value>) => fc.option(arbitrary, { nil: undefined });

const component = fc.record({
  model,
  effort: optional(effort),
  fallback: optional(fc.array(model, { maxLength: 2 })),
  limit: optional(fc.oneof(callLimit, fc.record({ router: callLimit, user: optional(callLimit) }))),
  for: optional(fc.constantFrom(['code'], ['vision', 'writing'])),
  price: optional(fc.record({ input: usd, output: usd })),
  verbosity: optional(fc.constantFrom('low', 'medium', 'high')),
  max_output_tokens: optional(fc.integer({ min: 1, max: 100_000 })),
});

/** Valid configurations: every name that is referred to exists, and `spare` takes over at every limit. */
const configuration = fc
  .record({
    names: fc.uniqueArray(name, { minLength: 1, maxLength: 4 }),
    parts: fc.array(component, { minLength: 4, maxLength: 4 }),
    objective: optional(
      fc.oneof(
        fc.constantFrom(...OBJECTIVE_NAMES),
        usd.filter((value) => value > 0),
      ),
    ),
    band: optional(fc.integer({ min: 0, max: 100 })),
    wait: optional(duration),
    aliasNames: fc.uniqueArray(fc.stringMatching(/^old-[a-z0-9.:/]{1,8}$/), { maxLength: 3 }),
    aliasEffort: optional(fc.constantFrom(...EFFORTS)),
    budget: optional(
      fc.record({
        usd: fc.integer({ min: 0, max: 1e6 }).map((amount) => `${amount}/day`),
        at_limit: optional(fc.constantFrom('mini', 'refuse')),
      }),
    ),
    privacy: optional(fc.record({ text: fc.constantFrom('none', 'failures', 'all'), keep: duration })),
    port: optional(fc.integer({ min: 0, max: 65_535 })),
  })
  .map(({ names, parts, ...rest }): ConfigurationInput => {
    const entries = names.map((title, index) => [title, { ...parts[index], mini: 'spare' }] as const);
    const [first] = names;
    const text = {
      version: 1,
      components: { ...Object.fromEntries(entries), spare: { model: 'openai/gpt-5.4-nano' } },
      models: {
        auto: { components: names, objective: rest.objective, baseline: first, band: rest.band, max_wait: rest.wait },
      },
      aliases: Object.fromEntries(rest.aliasNames.map((alias) => [alias, { to: first, effort: rest.aliasEffort }])),
      budgets: rest.budget === undefined ? undefined : { total: rest.budget },
      privacy: rest.privacy,
      server: rest.port === undefined ? undefined : { port: rest.port },
    };
    // Through JSON, which drops the members that are undefined.
    return JSON.parse(JSON.stringify(text)) as ConfigurationInput;
  });

test('a valid configuration comes through YAML unchanged, and its pool holds every component', async () => {
  await fc.assert(
    fc.asyncProperty(configuration, async (input) => {
      const text = stringify(input);
      assert.deepEqual(parse(text), input);
      const { problems, result } = await check(text);
      assert.ok(result, problems.map(renderProblem).join('\n'));
      assert.deepEqual(result.configuration, configurationSchema.parse(input));
      assert.deepEqual([...result.pool.components.keys()], Object.keys(input.components));
      assert.deepEqual(
        problems.filter(({ severity }) => severity === 'error'),
        [],
      );
    }),
    { numRuns: 150 },
  );
});

test('the same configuration gives the same hash however its members are ordered', async () => {
  const reversed = (value: unknown): unknown =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(
          Object.entries(value)
            .toReversed()
            .map(([key, member]) => [key, key === 'components' || key === 'aliases' ? member : reversed(member)]),
        )
      : value;
  await fc.assert(
    fc.asyncProperty(configuration, async (input) => {
      const [one, two] = [await check(stringify(input)), await check(stringify(reversed(input)))];
      assert.equal(one.result?.pool.configHash, two.result?.pool.configHash);
    }),
    { numRuns: 40 },
  );
});

type Place = readonly (string | number)[];

/** Every map of fields in a configuration into which an unknown field can be put. */
const fieldMaps = (input: ConfigurationInput): readonly Place[] => [
  [],
  ...Object.keys(input.components).map((title) => ['components', title]),
  ['models', 'auto'],
  ...Object.keys(input.aliases ?? {}).map((title) => ['aliases', title]),
  ...Object.keys(input.budgets ?? {}).map((title) => ['budgets', title]),
  ...(input.privacy === undefined ? [] : [['privacy']]),
  ...(input.server === undefined ? [] : [['server']]),
];

const withField = (value: unknown, place: Place, field: string): unknown => {
  const [first, ...rest] = place;
  if (typeof value !== 'object' || value === null) throw new Error('a place leads through maps only');
  if (first === undefined) return { [field]: 'surplus', ...value };
  const member: unknown = Reflect.get(value, first);
  return { ...value, [first]: withField(member, rest, field) };
};

test('an unknown field is reported wherever it stands, with the line on which it is written', async () => {
  const unknown = fc.stringMatching(/^[a-z]{3,12}$/).map((text) => `zz${text}`);
  await fc.assert(
    fc.asyncProperty(configuration, unknown, fc.nat(), async (input, field, pick) => {
      const places = fieldMaps(input);
      const place = places[pick % places.length] ?? [];
      const text = stringify(withField(input, place, field));
      const { problems, result } = await check(text);
      assert.equal(result, null);
      const [problem, ...others] = problems.filter(({ severity }) => severity === 'error');
      assert.deepEqual(others, []);
      assert.equal(problem?.code, 'unknown_key');
      assert.equal(problem.field, [...place, field].join('.'));
      const line = text.split('\n')[(problem.line ?? 0) - 1] ?? '';
      assert.equal(line.slice((problem.column ?? 0) - 1, (problem.column ?? 0) - 1 + field.length), field);
    }),
    { numRuns: 150 },
  );
});

test('no text whatsoever makes the check throw, and what it refuses it explains', async () => {
  const fragments = fc.constantFrom(
    'version: 1',
    'components:',
    '  fast:',
    ' { model: openai/gpt-5.5 }',
    '- ',
    ': ',
    '\n',
    '\t',
    '&a',
    '*a',
    '!!map',
    '"',
    "'",
    '[',
    '}',
    '? ',
    '#',
    '%YAML',
    '---',
    '\u0000',
    '💥',
    'null',
    '1e999',
    '<<: *a',
  );
  const text = fc.oneof(
    fc.string(),
    fc.array(fc.oneof(fragments, fc.string({ maxLength: 5 })), { maxLength: 30 }).map((parts) => parts.join('')),
  );
  await fc.assert(
    fc.asyncProperty(text, async (input) => {
      const { problems, result } = await check(input);
      assert.equal(
        result === null,
        problems.some(({ severity }) => severity === 'error'),
      );
      for (const problem of problems) {
        assert.ok(problem.expected !== '' && problem.given !== '' && problem.fix !== '');
        assert.doesNotMatch(renderProblem(problem), /\n/);
      }
    }),
    { numRuns: 500 },
  );
});

test('a duration is its number times its unit, and rendering it gives the same time', () => {
  assert.deepEqual(
    ['250ms', '90s', '30m', '5h', '7d'].map(parseDuration),
    [250, 90_000, 1_800_000, 18_000_000, 604_800_000],
  );
  assert.deepEqual([250, 90_000, 18_000_000, 86_400_000].map(renderDuration), ['250ms', '90s', '5h', '1d']);
  fc.assert(fc.property(fc.integer({ min: 1, max: 1e9 }), (ms) => parseDuration(renderDuration(ms)) === ms));
  fc.assert(
    fc.property(duration, (text) => parseDuration(renderDuration(parseDuration(text))) === parseDuration(text)),
  );
});

test('limits, budgets and sizes are read by hand-computed values', () => {
  assert.deepEqual(parseCallLimit('160/3h'), { count: 160, windowMs: 10_800_000 });
  assert.deepEqual(parseSpending('20000/month'), { microUsd: 20_000_000_000, period: 'month' });
  assert.deepEqual(parseSpending('0.5/day'), { microUsd: 500_000, period: 'day' });
  assert.deepEqual(['512KiB', '10 GiB', 7].map(parseSize), [524_288, 10_737_418_240, 7]);
});

test('what is no quantity is refused with an example of one', () => {
  for (const text of ['', '5', 'h', '-5h', '0h', '5 h', '5H', '1.5h', '5h ', '5w'])
    assert.throws(() => parseDuration(text), /Expected a duration such as/, text);
  for (const text of ['160', '160/', '/3h', '160/3', '0/3h', '1.5/3h'])
    assert.throws(() => parseCallLimit(text), /Expected a number of calls/, text);
  for (const text of ['5', '5/year', '-5/day', '1.1234567/day', '5/Day'])
    assert.throws(() => parseSpending(text), /Expected USD in a period/, text);
  for (const text of ['5', '5GB', '5gib', '-5MiB']) assert.throws(() => parseSize(text), /Expected a size/, text);
});
