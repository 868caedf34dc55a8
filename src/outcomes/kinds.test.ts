import assert from 'node:assert/strict';
import { test } from 'node:test';
import { InvalidRequestError } from '../errors.ts';
import {
  MAX_CLOCK_SKEW_MS,
  MAX_OUTCOMES_PER_REQUEST,
  OUTCOME_KINDS,
  OUTCOME_VALUE_RULES,
  parseOutcome,
  parseOutcomes,
} from './kinds.ts';

const DECISION = 'dec_01KAR3Q8ZC5V9M7T2H4N6PXWYC';
const NOW_MS = Date.UTC(2026, 10, 23, 22);
const PLACE = { path: '', nowMs: NOW_MS };

const refusal = (body: unknown, path = ''): InvalidRequestError => {
  try {
    parseOutcome(body, { path, nowMs: NOW_MS });
  } catch (error) {
    assert.ok(error instanceof InvalidRequestError);
    return error;
  }
  throw new assert.AssertionError({ message: 'was accepted' });
};

test('a full outcome is parsed into plain values, time in milliseconds', () => {
  const outcome = parseOutcome(
    {
      decision_id: DECISION,
      kind: 'correct',
      value: 0.5,
      evaluator: 'pytest',
      note: 'half of it',
      at: '2026-11-23T22:00:00+01:00',
      outcome_id: 'run-7:3',
    },
    PLACE,
  );
  assert.deepEqual(outcome, {
    kind: 'correct',
    value: 0.5,
    decisionId: DECISION,
    outcomeId: 'run-7:3',
    evaluator: 'pytest',
    note: 'half of it',
    atMs: Date.UTC(2026, 10, 23, 21),
  });
});

test('the example in the errors of each kind is itself accepted', () => {
  for (const kind of OUTCOME_KINDS) {
    const value: unknown = JSON.parse(OUTCOME_VALUE_RULES[kind].example);
    assert.equal(parseOutcome({ decision_id: DECISION, kind, value, evaluator: 'me' }, PLACE).kind, kind);
  }
});

test('kinds that are events take no value, null or true, and nothing else', () => {
  for (const kind of ['answer_now', 'regenerate', 'reask']) {
    assert.equal(parseOutcome({ decision_id: DECISION, kind }, PLACE).value, null);
    assert.equal(parseOutcome({ decision_id: DECISION, kind, value: true }, PLACE).value, null);
    assert.equal(refusal({ decision_id: DECISION, kind, value: 1 }).field, 'value');
  }
});

test('values outside their kind are refused', () => {
  const wrong: [string, unknown][] = [
    ['correct', 1.01],
    ['correct', '1'],
    ['thumb', 0],
    ['preference', { over: 'dec_short' }],
    ['preference', DECISION],
    ['switch', { to: '' }],
    ['switch', { to: 'thinking', from: 'fast' }],
    ['edit', -0.1],
    ['tests', { passed: 0, failed: 0 }],
    ['tests', { passed: 1.5, failed: 0 }],
    ['valid', 'yes'],
  ];
  for (const [kind, value] of wrong) {
    assert.equal(refusal({ decision_id: DECISION, kind, value, evaluator: 'me' }).field, 'value', kind);
  }
});

test('an error names the field with its place, what was expected, what was given, and the fix', () => {
  const error = refusal({ decision_id: DECISION, kind: 'thumb', value: 5 }, '[3]');
  assert.equal(error.status, 400);
  assert.equal(error.field, '[3].value');
  assert.deepEqual(error.blocking, [
    {
      constraint: '[3].value',
      expected: '-1 (down) or 1 (up)',
      given: '5',
      fix: 'For kind thumb send for example "value": 1.',
    },
  ]);
});

test('correct without an evaluator is refused, since nobody could weigh it', () => {
  assert.equal(refusal({ decision_id: DECISION, kind: 'correct', value: 1 }).field, 'evaluator');
});

test('a misspelt member is an error and not ignored', () => {
  assert.equal(refusal({ decision_id: DECISION, kind: 'thumb', value: 1, evaluater: 'me' }).field, 'evaluater');
});

test('the text of a note never enters an error', () => {
  const error = refusal({ decision_id: DECISION, kind: 'thumb', value: 1, note: 'secret '.repeat(1000) });
  assert.equal(error.field, 'note');
  assert.doesNotMatch(error.message, /secret/);
});

test('time, ids and kind are checked', () => {
  assert.equal(refusal({ decision_id: DECISION, kind: 'thumb', value: 1, at: 'yesterday' }).field, 'at');
  assert.equal(refusal({ decision_id: DECISION, kind: 'thumb', value: 1, outcome_id: 'a b' }).field, 'outcome_id');
  assert.equal(refusal({ decision_id: 'x', kind: 'thumb', value: 1 }).field, 'decision_id');
  assert.equal(refusal({ decision_id: DECISION, kind: 'signal', value: 1 }).field, 'kind');
  assert.equal(refusal('thumb').field, 'body');
});

test('a list is parsed in order, names the place of a fault, and is bounded', () => {
  const thumb = { decision_id: DECISION, kind: 'thumb', value: 1 };
  assert.equal(parseOutcomes(thumb, NOW_MS).length, 1);
  assert.deepEqual(
    parseOutcomes([thumb, { ...thumb, value: -1 }], NOW_MS).map(({ value }) => value),
    [1, -1],
  );
  assert.throws(() => parseOutcomes([thumb, {}], NOW_MS), /^InvalidRequestError: \[1\]\.decision_id/);
  assert.throws(() => parseOutcomes([], NOW_MS), /1 to 1000 outcomes/);
  assert.throws(
    () =>
      parseOutcomes(
        Array.from({ length: MAX_OUTCOMES_PER_REQUEST + 1 }, () => thumb),
        NOW_MS,
      ),
    /"outcomes":1001/,
  );
});

test('a time beyond the skew of clocks is refused: nothing was observed in the future', () => {
  const thumb = { decision_id: DECISION, kind: 'thumb', value: 1 };
  const after = (ms: number) => ({ ...thumb, at: new Date(NOW_MS + ms).toISOString() });
  assert.equal(parseOutcome(after(MAX_CLOCK_SKEW_MS), PLACE).atMs, NOW_MS + MAX_CLOCK_SKEW_MS);
  assert.equal(parseOutcome(after(-1e10), PLACE).atMs, NOW_MS - 1e10);
  const error = refusal(after(MAX_CLOCK_SKEW_MS + 1), '[2]');
  assert.equal(error.field, '[2].at');
  const [blocking] = error.blocking;
  assert.match(blocking?.expected ?? '', /^a time up to 2026-11-23T22:05:00\.000Z/);
  assert.equal(blocking?.given, '"2026-11-23T22:05:00.001Z"');
  assert.match(blocking?.fix ?? '', /leave it out/);
});

test('an answer cannot be preferred over itself', () => {
  const error = refusal({ decision_id: DECISION, kind: 'preference', value: { over: DECISION } });
  assert.equal(error.field, 'value.over');
  assert.deepEqual(
    [error.blocking[0]?.expected, error.blocking[0]?.given],
    ['another decision than decision_id', `"${DECISION}"`],
  );
  assert.match(error.blocking[0]?.fix ?? '', /the decision whose answer was liked less/);
});
