import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { sampleComponent, sampleInput, type FeaturesSample, type InputSample } from '../../test/samples/policy.ts';
import { CONVERSATION_TYPES } from '../features/signals.ts';
import type { PolicyDecision, PolicyInput } from './policy.ts';
import { createRulesPolicy } from './rules.ts';
import { SESSION_RULES, toSessionMove, withSession } from './session.ts';

const rules = createRulesPolicy();
const policy = withSession(rules);

/** fast at $0.20 / $1.20, thinking at $2 / $10; what is cached costs a tenth. */
const PAIR = [
  sampleComponent('fast', { effort: 'none', model: { price: { input: 0.2, output: 1.2, cacheRead: 0.02 } } }),
  sampleComponent('thinking', { model: { price: { input: 2, output: 10, cacheRead: 0.2 } } }),
];
const RECENT = { isRecent: true, movesDownLeft: 2 };
const onFast = { component: 'fast', ...RECENT };
const onThinking = { component: 'thinking', ...RECENT };
const warm = (component: string, tokens: number) => ({ warm: [{ component, tokens }], isMarked: false });

const toInput = (features: FeaturesSample, rest: Omit<InputSample, 'features'> = {}): PolicyInput =>
  sampleInput({ components: PAIR, features, ...rest });

const nameOf = (input: PolicyInput, decision: PolicyDecision): string =>
  input.candidates[decision.chosen]?.component.name ?? '';

const choose = (input: PolicyInput) => {
  const decision = policy.decide(input);
  const move = toSessionMove(input, decision);
  return { component: nameOf(input, decision), code: decision.reasonCodes[0], move, decision };
};

const EASY = { type: 'chat', complexity: 0.3 } as const;
const HARD = { type: 'mathematics', complexity: 0.5 } as const;
test('a long warm session stays where it is for a marginal gain, and chooses freely once it has gone cold', () => {
  const components = [
    sampleComponent('fast', { effort: 'none', model: { price: { input: 1, output: 5, cacheRead: 0.1 } } }),
    sampleComponent('thinking', { model: { price: { input: 1.2, output: 6, cacheRead: 0.12 } } }),
  ];
  const objective = { microUsdPerSuccess: 4_000_000, microUsdPerSecond: 0 };
  const features = { ...EASY, inputTokens: 100_000 };
  const inSession = { components, objective, session: onFast, cache: warm('fast', 100_000) };
  const cold = toInput(features, { components, objective, session: { ...onFast, isRecent: false } });
  assert.equal(choose(cold).component, 'thinking');
  const held = choose(toInput(features, inSession));
  assert.deepEqual([held.component, held.code, held.move], ['fast', 'session_retained', 'retain']);
  const { against } = held.decision;
  assert.ok(against !== null && against.gainPoints < 0 && against.gainPoints > -SESSION_RULES.neededPoints);
});

test('the difference in cost is the lost cache at its real prices', () => {
  const features = { ...EASY, inputTokens: 100_000 };
  const costs = (input: PolicyInput) =>
    policy.decide(input).scores.map(({ prediction }) => prediction?.costMicroUsd?.p50 ?? Number.NaN);
  const cold = costs(toInput(features));
  const inSession = costs(toInput(features, { session: onFast, cache: warm('fast', 90_000) }));
  // 90,000 tokens at $0.02 instead of $0.20 a million: $0.0162 less for fast, nothing for the others.
  assert.equal((cold[0] ?? 0) - (inSession[0] ?? 0), 16_200);
  assert.deepEqual(inSession.slice(1), cold.slice(1));
});

test('a lost cache never keeps away the component that a turn needs', () => {
  const features = { ...HARD, inputTokens: 100_000 };
  const session = { session: onFast, cache: warm('fast', 100_000) };
  // Without the guard the price of reading 100,000 tokens anew would hold the session on fast.
  assert.equal(nameOf(toInput(features, session), rules.decide(toInput(features, session))), 'fast');
  const up = choose(toInput(features, session));
  assert.deepEqual([up.component, up.code, up.move], ['thinking', 'session_upgraded', 'upgrade']);
  const { against } = up.decision;
  assert.ok(against !== null && against.gainPoints >= SESSION_RULES.neededPoints);
  // What it costs is told as it is, lost cache and all.
  assert.ok((against.extraMicroUsd ?? 0) > 190_000);
});

test('a turn that reads as easy stays with the component that answered the hard one before it', () => {
  const alone = choose(toInput(EASY));
  assert.deepEqual([alone.component, alone.move], ['fast', 'initialize']);
  const followUp = choose(toInput(EASY, { session: onThinking }));
  assert.deepEqual([followUp.component, followUp.code, followUp.move], ['thinking', 'session_retained', 'retain']);
  assert.equal(choose(toInput(EASY, { session: { ...onThinking, isRecent: false } })).component, 'fast');
});

test('a session moves down where that pays by more than staying is worth, as long as it has moves left', () => {
  const dear = { ...EASY, inputTokens: 50_000 };
  const down = choose(toInput(dear, { session: onThinking }));
  assert.deepEqual([down.component, down.move], ['fast', 'switch']);
  const held = choose(toInput(dear, { session: { ...onThinking, movesDownLeft: 0 } }));
  assert.deepEqual([held.component, held.code], ['thinking', 'session_retained']);
});

test('what was asked for, in words or by parameter, moves a session at once', () => {
  const quick = choose(toInput({ ...HARD, intent: 'quick' }, { session: onThinking }));
  assert.deepEqual([quick.component, quick.code], ['fast', 'explicit_intent_quick']);
  const think = choose(toInput({ ...EASY, intent: 'think' }, { session: onFast, cache: warm('fast', 5_000) }));
  assert.deepEqual([think.component, think.code], ['thinking', 'explicit_intent_think']);
  const asked = choose(toInput(HARD, { session: onThinking, constraints: { effort: 'none' } }));
  assert.deepEqual([asked.component, asked.code], ['fast', 'effort_asked']);
});

test('a component that cannot serve the turn holds nobody', () => {
  const [fast, thinking] = PAIR;
  assert.ok(fast && thinking);
  const blind = sampleComponent('thinking', { model: { price: { input: 2, output: 10 }, contextTokens: 1_000 } });
  const input = toInput({ ...EASY, inputTokens: 5_000 }, { components: [fast, blind], session: onThinking });
  assert.deepEqual([choose(input).component, choose(input).move], ['fast', 'switch']);
  const gone = toInput(EASY, { session: { component: 'retired', ...RECENT } });
  assert.deepEqual([choose(gone).component, choose(gone).move], ['fast', 'switch']);
});

test('an unknown price holds a session by the price that its tier usually has', () => {
  const unpriced = [
    sampleComponent('fast', { effort: 'none', model: { price: null } }),
    sampleComponent('thinking', { model: { price: null } }),
  ];
  const followUp = choose(toInput(EASY, { components: unpriced, session: onThinking }));
  assert.deepEqual([followUp.component, followUp.code], ['thinking', 'session_retained']);
  assert.equal(followUp.decision.against?.extraMicroUsd, null);
});

test('an alternating thread moves a bounded number of times, and every hard turn is answered by thinking', () => {
  let component = choose(toInput(EASY)).component;
  let [switches, movesDownLeft] = [0, 2];
  for (let turn = 1; turn < 40; turn += 1) {
    const features = { ...(turn % 2 === 1 ? HARD : EASY), inputTokens: 1_500 * turn };
    const session = { component, isRecent: true, movesDownLeft };
    const { component: next, move } = choose(toInput(features, { session, cache: warm(component, 1_500 * turn) }));
    if (turn % 2 === 1) assert.equal(next, 'thinking');
    if (move === 'switch') movesDownLeft -= 1;
    if (next !== component) switches += 1;
    component = next;
  }
  assert.ok(switches <= 5, `${switches} switches`);
});

test('housekeeping goes to the cheapest and is no move of the session', () => {
  const input = toInput(HARD, { session: onThinking });
  const housekeeping = { ...input, preference: { ...input.preference, isHousekeeping: true } };
  const { component, code, move } = choose(housekeeping);
  assert.deepEqual([component, code, move], ['fast', 'housekeeping', 'retain']);
});

test('the summary of a long conversation is cheapest where the conversation is cached', () => {
  const input = toInput({ ...EASY, inputTokens: 150_000 }, { session: onThinking, cache: warm('thinking', 150_000) });
  const [fast, thinking] = PAIR;
  assert.ok(fast && thinking);
  const close = sampleComponent('fast', { effort: 'none', model: { price: { input: 1, output: 5, cacheRead: 0.1 } } });
  const housekeeping = { ...input.preference, isHousekeeping: true };
  assert.equal(choose({ ...input, preference: housekeeping }).component, 'fast');
  const dearer = toInput(
    { ...EASY, inputTokens: 150_000 },
    { components: [close, thinking], session: onThinking, cache: warm('thinking', 150_000) },
  );
  assert.equal(choose({ ...dearer, preference: housekeeping }).component, 'thinking');
});

test('inside a session exactly one feasible candidate is chosen, and the order of reasons begins with why', () => {
  const arbitrary = fc.record({
    type: fc.constantFrom(...CONVERSATION_TYPES),
    complexity: fc.double({ min: 0, max: 1, noNaN: true }),
    inputTokens: fc.integer({ min: 1, max: 200_000 }),
    component: fc.constantFrom('fast', 'thinking'),
    cached: fc.integer({ min: 0, max: 200_000 }),
    movesDownLeft: fc.nat(2),
  });
  fc.assert(
    fc.property(arbitrary, ({ component, cached, movesDownLeft, ...features }) => {
      const session = { component, isRecent: true, movesDownLeft };
      const { decision, move } = choose(toInput(features, { session, cache: warm(component, cached) }));
      assert.deepEqual(
        decision.scores.filter(({ probability }) => probability === 1),
        [decision.scores[decision.chosen]],
      );
      if (decision.reasonCodes[0] === 'session_retained') assert.equal(move, 'retain');
      if (decision.reasonCodes[0] === 'session_upgraded') assert.equal(move, 'upgrade');
    }),
    { numRuns: 500, seed: 11 },
  );
});
