import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sampleDecided, type DecidedSample } from '../../test/samples/decided.ts';
import { sampleComponent, samplePair } from '../../test/samples/policy.ts';
import { sampleAlias, samplePool, sampleUnified } from '../../test/samples/pool.ts';
import type { JsonObject } from '../canonical/json.ts';
import { NO_USAGE } from '../canonical/usage.ts';
import type { AttemptCost } from './cost.ts';
import { toExplanation, toGearboxObject, toRoutingHeaders, type Disclosable } from './disclosure.ts';

const disclosable = (sample: DecidedSample = {}, cost: Partial<AttemptCost> | null = {}): Disclosable => {
  const decided = sampleDecided(sample);
  const deployment = decided.chosen.component.deployments[0];
  const report = {
    id: 'att_1',
    n: 1,
    deployment,
    result: 'ok',
    answeredModel: deployment.upstreamModel,
    usage: NO_USAGE,
    seenOutputTokens: 0,
    serviceTier: null,
    firstTokenMs: 12.34,
    totalMs: 56.78,
    fault: null,
    upstreamRequestId: null,
    warnings: [],
  } as const;
  const priced = {
    report,
    cost: { microUsd: 1_234, unknown: null, source: 'usage', billedAs: deployment.id, substituted: false, ...cost },
  } as const;
  return { decided, priced: () => (cost === null ? [] : [priced]), handedTo: () => null, overheadMs: () => 1.239 };
};

const MEMBERS = [
  'decision_id',
  'component',
  'model',
  'chosen_by',
  'router',
  'reason',
  'reason_codes',
  'confidence',
  'effort',
  'verbosity',
  'degraded',
  'warnings',
  'attempts',
  'session',
  'cost_usd',
  'cost_source',
  'overhead_ms',
  'simulated',
];

test('the object has the members of the contract, in its order; the first event knows neither attempts nor cost', () => {
  const final = toGearboxObject(disclosable(), 'final');
  assert.deepEqual(Object.keys(final), MEMBERS);
  assert.deepEqual(
    Object.keys(toGearboxObject(disclosable(), 'first')),
    MEMBERS.filter((name) => !['attempts', 'cost_usd', 'cost_source'].includes(name)),
  );
  assert.equal(final['cost_usd'], 0.001_234);
  assert.equal(final['overhead_ms'], 1.24);
  assert.deepEqual(final['attempts'], [
    { deployment: 'provider/fast', result: 'ok', ttft_ms: 12.3, total_ms: 56.8, cost_usd: 0.001_234 },
  ]);
});

const ENUMS: Readonly<Record<string, readonly string[]>> = {
  chosen_by: ['router', 'user', 'key', 'alias', 'session', 'limit', 'fallback', 'safe_default'],
  confidence: ['known', 'torn', 'unfamiliar'],
};
const HOW = ['asked', 'rule', 'learned', 'provider', 'clamped', 'emulated', 'native'];

const isWord = (value: unknown, words: readonly string[]): boolean => words.some((word) => word === value);

test('words come from the closed lists, and the reason fits 200 characters', () => {
  for (const sample of [
    {},
    { request: { model: 'auto/fast' } },
    { request: { model: 'provider/fast' } },
    { controls: { mode: 'thinking', max_effort: 'low' } },
    { request: { verbosity: 'low' } },
  ] as const) {
    const object = toGearboxObject(disclosable(sample), 'final');
    for (const [name, words] of Object.entries(ENUMS)) assert.ok(isWord(object[name], words), name);
    for (const name of ['effort', 'verbosity']) assert.ok(isWord((object[name] as JsonObject)['how'], HOW), name);
    const { reason } = object;
    assert.ok(typeof reason === 'string' && reason.length <= 200);
  }
});

test('explain none keeps five members, full adds five', () => {
  const none = toGearboxObject(disclosable({ controls: { explain: 'none' } }), 'final');
  assert.deepEqual(Object.keys(none), ['decision_id', 'component', 'model', 'degraded', 'simulated']);
  const full = toGearboxObject(disclosable({ controls: { explain: 'full' } }), 'final');
  assert.deepEqual(Object.keys(full).slice(MEMBERS.length), [
    'signals',
    'ground',
    'candidates',
    'would_change',
    'baseline',
  ]);
});

test('a substitution, an unknown price and an estimate each become a warning; the answering model is named', () => {
  const codes = (cost: Partial<AttemptCost>): unknown =>
    (toGearboxObject(disclosable({}, cost), 'final')['warnings'] as readonly JsonObject[]).map(({ code }) => code);
  assert.deepEqual(codes({ substituted: true, billedAs: 'provider/other' }), ['substituted']);
  assert.deepEqual(codes({ microUsd: null }), ['price_unknown']);
  assert.deepEqual(codes({ source: 'estimate' }), ['estimate_used']);
  const unknown = {
    type: 'unknown',
    reason: 'service_tier',
    detail: 'service_tier "priority" has no known price.',
  } as const;
  const [warning] = toGearboxObject(disclosable({}, { microUsd: null, unknown }), 'final')['warnings'] as JsonObject[];
  const message = JSON.stringify(warning?.['message']);
  assert.match(message, /service_tier .*priority.* has no known price/);
  assert.doesNotMatch(message, /add `price`/);
  const object = toGearboxObject(disclosable({}, { substituted: true, billedAs: 'provider/other' }), 'final');
  assert.equal(object['model'], 'provider/other');
});

test('headers: cost only for whole answers, and every value is ASCII', () => {
  const whole = toRoutingHeaders(disclosable(), true);
  assert.equal(whole['x-gearbox-cost-usd'], '0.001234');
  assert.equal(toRoutingHeaders(disclosable(), false)['x-gearbox-cost-usd'], undefined);
  assert.equal(toRoutingHeaders(disclosable({}, { microUsd: null }), true)['x-gearbox-cost-usd'], undefined);
  for (const name of ['decision', 'component', 'model', 'effort', 'chosen-by', 'reason', 'router', 'estimate-usd'])
    assert.ok((whole[`x-gearbox-${name}`] ?? '').length > 0, name);
  assert.deepEqual([whole['x-gearbox-attempts'], whole['x-gearbox-overhead-ms']], ['1', '1.24']);
  const fancy = sampleComponent('fast', { effort: 'none' });
  const [deployment] = fancy.deployments;
  const pool = samplePool({
    components: [{ ...fancy, deployments: [{ ...deployment, id: 'provider/schnell–ü\r\nx: y' }] }],
    models: [sampleUnified('auto', { components: ['fast'] })],
  });
  for (const value of Object.values(toRoutingHeaders(disclosable({ pool }), true)))
    assert.match(value, /^[\u0020-\u007e]*$/);
});

test('an alias that ends has its dates and links; another has none', () => {
  const pool = samplePool({
    components: samplePair(),
    aliases: [
      sampleAlias('old/one', 'thinking', { deprecatedOn: '2026-12-01', sunsetOn: '2027-01-14' }),
      sampleAlias('ending', 'auto', { sunsetOn: '2027-01-14' }),
      sampleAlias('plain', 'fast'),
    ],
  });
  const headers = (model: string): Record<string, string> =>
    toRoutingHeaders(disclosable({ pool, request: { model } }), true);
  const old = headers('old/one');
  assert.equal(old['deprecation'], `@${Date.UTC(2026, 11, 1) / 1000}`);
  assert.equal(old['sunset'], 'Thu, 14 Jan 2027 00:00:00 GMT');
  assert.equal(
    old['link'],
    '</v1/models/old%2Fone>; rel="deprecation"; type="application/json", ' +
      '</v1/models/old%2Fone>; rel="sunset"; type="application/json", ' +
      '</v1/models/auto%2Fthinking>; rel="successor-version"; type="application/json"',
  );
  const ending = headers('ending');
  assert.deepEqual([ending['deprecation'], ending['sunset']], [undefined, 'Thu, 14 Jan 2027 00:00:00 GMT']);
  assert.match(ending['link'] ?? '', /<\/v1\/models\/auto>; rel="successor-version"/);
  const plain = headers('plain');
  assert.deepEqual([plain['deprecation'], plain['sunset'], plain['link']], [undefined, undefined, undefined]);
});

test('an explanation has neither id nor attempts, and says what the other choice would cost', () => {
  const explanation = toExplanation(sampleDecided({ controls: { explain: 'none' } }));
  assert.equal(explanation['decision_id'], null);
  assert.equal(explanation['attempts'], undefined);
  assert.ok(Number(explanation['estimate_usd']) > 0);
  assert.ok(Array.isArray(explanation['candidates']), 'full, whatever the request said');
  assert.deepEqual(Object.keys(explanation['versions'] as JsonObject).length, 6);
});
