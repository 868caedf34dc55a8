import assert from 'node:assert/strict';
import { test } from 'node:test';
import { InvalidRequestError } from '../errors.ts';
import { parseControls, type Controls } from './controls.ts';

const PIN = 'dec_01KAR3Q8ZC5V9M7T2H4N6PXWYB';

const DEFAULTS: Controls = {
  mode: null,
  objective: null,
  allow: null,
  maxCostMicroUsd: null,
  maxLatencyMs: null,
  maxEffort: null,
  sessionId: null,
  sessionPlace: null,
  strictParams: false,
  allowDegrade: true,
  noTrain: false,
  explain: 'summary',
  pin: null,
  baseline: null,
};

/** Name, JSON value, header text, and what both mean. */
const GOOD: readonly (readonly [string, unknown, string, Partial<Controls>])[] = [
  ['mode', 'auto', 'auto', { mode: 'auto' }],
  ['mode', 'fast', 'fast', { mode: 'fast' }],
  ['mode', 'thinking', ' thinking ', { mode: 'thinking' }],
  ['mode', 'pro', 'pro', { mode: 'pro' }],
  ['objective', 'latency', 'latency', { objective: { type: 'preset', name: 'latency' } }],
  ['objective', 0.05, '0.05', { objective: { type: 'value', microUsdPerSuccess: 50_000 } }],
  ['objective', 0, '0', { objective: { type: 'value', microUsdPerSuccess: 0 } }],
  ['allow', ['fast'], 'fast', { allow: ['fast'] }],
  ['allow', ['fast', 'thinking'], 'fast, thinking', { allow: ['fast', 'thinking'] }],
  ['max_cost_usd', 0.01, '0.01', { maxCostMicroUsd: 10_000 }],
  ['max_cost_usd', 1e-9, '1e-9', { maxCostMicroUsd: 1 }],
  ['max_latency_ms', 2500, '2500', { maxLatencyMs: 2500 }],
  ['max_effort', 'xhigh', 'xhigh', { maxEffort: 'xhigh' }],
  ['session_id', 'chat 7', 'chat 7', { sessionId: 'chat 7' }],
  ['strict_params', true, 'true', { strictParams: true }],
  ['allow_degrade', false, 'false', { allowDegrade: false }],
  ['no_train', true, 'true', { noTrain: true }],
  ['explain', 'none', 'none', { explain: 'none' }],
  ['explain', 'full', 'full', { explain: 'full' }],
  ['pin', PIN, PIN, { pin: PIN }],
  ['baseline', 'thinking', 'thinking', { baseline: 'thinking' }],
];

const toHeader = (name: string): string => `x-gearbox-${name.replaceAll('_', '-')}`;

// The cast lets a table of unknown values stand where JSON is expected.
const parse = (body: unknown, headers: Record<string, string> = {}): Controls => parseControls(body as never, headers);

const refusal = (body: unknown, headers: Record<string, string> = {}): InvalidRequestError => {
  try {
    parse(body, headers);
  } catch (error) {
    assert.ok(error instanceof InvalidRequestError);
    return error;
  }
  return assert.fail(`accepted: ${JSON.stringify(body)} ${JSON.stringify(headers)}`);
};

test('nothing given means the defaults; headers of others are none of ours', () => {
  for (const body of [undefined, null, {}, { mode: null }]) assert.deepEqual(parse(body), DEFAULTS);
  assert.deepEqual(parse(undefined, { 'x-gearboxes-mode': 'fast', authorization: 'x', mode: 'fast' }), DEFAULTS);
});

test('every control means the same in the body, as a header, and in both at once', () => {
  for (const [name, value, text, expected] of GOOD) {
    const meant = { ...DEFAULTS, ...expected };
    const places = (place: 'body' | 'header') => (name === 'session_id' ? { sessionPlace: place } : {});
    const inBody = { ...meant, ...places('body') };
    assert.deepEqual(parse({ [name]: value }), inBody, `body ${name}`);
    const inHeader = { ...meant, ...places('header') };
    assert.deepEqual(parse(undefined, { [toHeader(name)]: text }), inHeader, `header ${name}`);
    assert.deepEqual(parse({ [name]: value }, { [toHeader(name)]: text }), inBody, `both ${name}`);
  }
});

test('two places that differ are refused, naming both values', () => {
  const error = refusal({ mode: 'fast' }, { 'x-gearbox-mode': 'thinking' });
  assert.equal(error.code, 'control_conflict');
  assert.equal(error.field, 'gearbox.mode');
  assert.equal(error.blocking[0]?.given, '"fast" and "thinking"');
  assert.equal(refusal({ strict_params: false }, { 'x-gearbox-strict-params': 'true' }).code, 'control_conflict');
});

test('wrong values are refused with field, expected, given and fix', () => {
  const wrong: readonly (readonly [string, unknown])[] = [
    ['mode', 'FAST'],
    ['mode', 'mini'],
    ['mode', true],
    ['objective', 'cheap'],
    ['objective', -1],
    ['objective', '0.05'],
    ['objective', []],
    ['allow', 'fast,thinking'],
    ['allow', []],
    ['allow', ['']],
    ['allow', [7]],
    ['allow', { fast: true }],
    ['allow', Array.from({ length: 101 }, () => 'fast')],
    ['max_cost_usd', 0],
    ['max_cost_usd', -0.5],
    ['max_cost_usd', '0.5'],
    ['max_latency_ms', 'soon'],
    ['max_latency_ms', 0],
    ['max_effort', 'huge'],
    ['session_id', ''],
    ['session_id', 7],
    ['session_id', 'x'.repeat(257)],
    ['strict_params', 1],
    ['strict_params', 'true'],
    ['allow_degrade', 'no'],
    ['explain', 'everything'],
    ['pin', 'dec_1'],
    ['pin', 'att_01KAR3Q8ZC5V9M7T2H4N6PXWYB'],
    ['baseline', []],
  ];
  for (const [name, value] of wrong) {
    const error = refusal({ [name]: value });
    assert.equal(error.status, 400);
    assert.equal(error.field, `gearbox.${name}`);
    const [blocking] = error.blocking;
    assert.ok(blocking !== undefined && blocking.expected !== '' && blocking.given !== '' && blocking.fix !== '');
    assert.ok(blocking.given.length < 70, 'what was given is shortened');
  }
});

test('headers are text: numbers in decimal, true and false, lists with commas', () => {
  const wrong: readonly (readonly [string, string])[] = [
    ['max_cost_usd', '0x10'],
    ['max_cost_usd', ''],
    ['max_cost_usd', 'Infinity'],
    ['max_latency_ms', '1 000'],
    ['objective', ''],
    ['strict_params', 'TRUE'],
    ['strict_params', '1'],
    ['strict_params', ''],
    ['allow', ''],
    ['allow', 'fast,,thinking'],
  ];
  for (const [name, text] of wrong) {
    const error = refusal(undefined, { [toHeader(name)]: text });
    assert.equal(error.field, toHeader(name), `${name}: ${text}`);
  }
});

test('an unknown control is refused with a suggestion where one is near', () => {
  for (const [name, near] of [
    ['mod', 'mode'],
    ['objektive', 'objective'],
    ['max_cost', 'max_cost_usd'],
    ['max_latency', 'max_latency_ms'],
    ['strict_param', 'strict_params'],
    ['sesion_id', 'session_id'],
  ] as const) {
    assert.match(refusal({ [name]: 1 }).message, new RegExp(`Did you mean ${near}\\?`), name);
    const header = refusal(undefined, { [toHeader(name)]: '1' });
    assert.deepEqual([header.code, header.field], ['unknown_control', toHeader(name)]);
    assert.match(header.message, new RegExp(`Did you mean ${near}\\?`));
  }
  for (const name of ['colour', '', 'x'.repeat(500), '__proto__x']) {
    const error = refusal({ [name]: 1 });
    assert.match(error.message, /Known controls: mode, objective/);
    assert.ok(error.message.length < 400);
  }
});

test('controls that are no object are refused as a whole', () => {
  for (const body of ['fast', 7, true, [], [{ mode: 'fast' }]]) assert.equal(refusal(body).field, 'gearbox');
});
