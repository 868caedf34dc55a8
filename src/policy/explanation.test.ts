import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { sampleInput } from '../../test/samples/policy.ts';
import { CONVERSATION_TYPES } from '../features/signals.ts';
import { MAX_REASON_CHARACTERS, renderPrice, renderReason, toReasonFacts, type ReasonFacts } from './explanation.ts';
import { REASON_CODES, type ReasonCode } from './policy.ts';
import { REASON_SENTENCES } from './reason-sentences.ts';
import { createRulesPolicy } from './rules.ts';

/** How a reader tells the code from the sentence: written by hand, apart from the templates. */
const MARKS: Readonly<Record<ReasonCode, RegExp>> = {
  explicit_choice: /^The request chose /,
  explicit_intent_think: /^The user's words ask for depth: /,
  explicit_intent_quick: /^The user's words ask for speed: /,
  effort_asked: /^The request asks for effort /,
  gain_worth_cost: /^[^:]+: \S+ is predicted /,
  gain_not_worth_cost: /^[^:]+: \S+ is enough; /,
  type_default: / goes to \S+ by default\.$/,
  torn_up: /^Too close to call: /,
  session_retained: /^This session stays with /,
  session_upgraded: /^This session moves up to /,
  tool_loop_locked: /^A tool call is open: /,
  housekeeping: /^Housekeeping of the client goes to /,
  only_feasible: /^Only \S+ can serve /,
  latency_bound: /^Within the allowed wait /,
  cost_bound: /^Within the allowed cost /,
  limit_reached: /^A call limit is reached: /,
  budget_reached: /^A budget is used up: /,
  outage: /^The chosen component cannot be reached: /,
  exploration: /^Explored: /,
  router_failed: /^The router failed: /,
};

const FACTS: ReasonFacts = {
  type: 'mathematics',
  component: 'thinking',
  effort: 'high',
  askedEffort: 'high',
  against: { component: 'fast', gainPoints: 31, extraMicroUsd: 6100 },
};

test('every code has one sentence, and every sentence leads back to exactly its code', () => {
  for (const code of REASON_CODES) {
    const sentence = renderReason(code, FACTS);
    assert.deepEqual(
      REASON_CODES.filter((other) => MARKS[other].test(sentence)),
      [code],
      sentence,
    );
  }
});

test('the sentence of a gain names points, extra cost and the marginal price', () => {
  assert.equal(
    renderReason('gain_worth_cost', FACTS),
    'Mathematics: thinking is predicted 31 points better for $0.0061 more ($0.020 per extra solved task).',
  );
  const forgone = { component: 'thinking', gainPoints: -1.2, extraMicroUsd: -6000 };
  assert.equal(
    renderReason('gain_not_worth_cost', { ...FACTS, type: 'chat', component: 'fast', against: forgone }),
    'Chat: fast is enough; thinking is predicted 1 point better for $0.0060 more ($0.50 per extra solved task).',
  );
});

test('an unknown price and a gain that costs only time are said in words', () => {
  const against = { component: 'fast', gainPoints: 5, extraMicroUsd: null };
  assert.match(renderReason('gain_worth_cost', { ...FACTS, against }), /5 points better at an unknown price\.$/);
  const slower = { component: 'thinking', gainPoints: -0.4, extraMicroUsd: 10 };
  assert.match(
    renderReason('gain_not_worth_cost', { ...FACTS, against: slower }),
    /less than 1 point better for no more/,
  );
});

test('prices have two significant digits below a dollar', () => {
  assert.deepEqual([0, 1, 6100, 20_000, 990_000, 3_400_000].map(renderPrice), [
    '$0',
    '$0.0000010',
    '$0.0061',
    '$0.020',
    '$0.99',
    '$3.40',
  ]);
});

test('sentences are ASCII and at most 200 characters for any name and any number', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...REASON_CODES),
      fc.record({
        type: fc.constantFrom(...CONVERSATION_TYPES),
        component: fc.string({ unit: 'binary', maxLength: 300 }),
        effort: fc.constantFrom(null, 'minimal'),
        askedEffort: fc.constantFrom(null, 'minimal'),
        against: fc.option(
          fc.record({
            component: fc.string({ unit: 'binary', maxLength: 300 }),
            gainPoints: fc.double({ min: -100, max: 100, noNaN: true }),
            extraMicroUsd: fc.option(fc.integer({ min: -1_000_000_000, max: 1_000_000_000 })),
          }),
        ),
      }),
      (code, facts) => {
        const sentence = renderReason(code, facts);
        assert.match(sentence, /^[\x20-\x7e]+\.$/);
        assert.ok(sentence.length <= MAX_REASON_CHARACTERS);
      },
    ),
    { seed: 3 },
  );
});

test('the documented sentences cover every code, each at most 200 characters and unlike any other', () => {
  const sentences = REASON_CODES.map((code) => REASON_SENTENCES[code]);
  assert.deepEqual(Object.keys(REASON_SENTENCES).sort(), [...REASON_CODES].sort());
  assert.equal(new Set(sentences).size, sentences.length);
  for (const sentence of sentences) assert.match(sentence, /^[\x20-\x7e]{20,199}\.$/);
});

test('facts of a real decision give the numbers of its record', () => {
  const input = sampleInput({ features: { type: 'logic', complexity: 0.6 } });
  const decision = createRulesPolicy().decide(input);
  const facts = toReasonFacts(input, decision);
  assert.equal(facts.component, 'thinking');
  assert.equal(facts.against?.component, 'fast');
  const marginal = renderPrice(decision.against?.marginalMicroUsd ?? 0);
  assert.ok(renderReason(decision.reasonCodes[0], facts).endsWith(`(${marginal} per extra solved task).`));
});
