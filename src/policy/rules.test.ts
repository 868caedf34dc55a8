import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { sampleComponent, sampleInput, samplePair, type InputSample } from '../../test/samples/policy.ts';
import type { Effort } from '../canonical/effort.ts';
import { EFFORTS, effortRank } from '../canonical/effort.ts';
import { CONVERSATION_TYPES } from '../features/signals.ts';
import { createRulesPolicy } from './rules.ts';

const rules = createRulesPolicy();

const choose = (sample: InputSample) => {
  const input = sampleInput(sample);
  const decision = rules.decide(input);
  const candidate = input.candidates[decision.chosen];
  assert.ok(candidate);
  return { name: candidate.component.name, effort: candidate.effort, decision };
};

const STEPWISE = ['mathematics', 'code', 'logic', 'planning', 'agentic_tools'];

for (const type of CONVERSATION_TYPES) {
  const expected = STEPWISE.includes(type) ? 'thinking' : 'fast';
  test(`at middle complexity and the balanced objective ${type} goes to ${expected}`, () => {
    assert.equal(choose({ features: { type, complexity: 0.5 } }).name, expected);
  });
}

const ASKED: readonly (readonly [Effort, string])[] = [
  ['none', 'fast'],
  ['minimal', 'fast'],
  ['high', 'thinking'],
  ['xhigh', 'thinking'],
  ['max', 'thinking'],
];

for (const [effort, expected] of ASKED) {
  test(`effort ${effort} goes to ${expected} for every conversation type, complexity and wording`, () => {
    for (const type of CONVERSATION_TYPES) {
      for (const intent of ['none', 'think', 'quick'] as const) {
        for (const complexity of [0, 0.5, 1]) {
          const chosen = choose({ features: { type, intent, complexity }, constraints: { effort } });
          assert.equal(chosen.name, expected, `${type} ${intent} ${complexity}`);
          assert.equal(chosen.decision.reasonCodes[0], 'effort_asked');
        }
      }
    }
  });
}

test('words that ask for depth choose thinking at effort high or above, and say so', () => {
  for (const type of CONVERSATION_TYPES) {
    const { name, effort, decision } = choose({ features: { type, intent: 'think', complexity: 0.1 } });
    assert.equal(name, 'thinking');
    assert.ok(effort !== null && effortRank(effort) >= effortRank('high'));
    assert.equal(decision.reasonCodes[0], 'explicit_intent_think');
    assert.equal(decision.confidence, 'known');
  }
});

test('words that ask for speed choose fast even for a hard proof', () => {
  const { name, decision } = choose({ features: { type: 'mathematics', complexity: 0.9, intent: 'quick' } });
  assert.equal(name, 'fast');
  assert.equal(decision.reasonCodes[0], 'explicit_intent_quick');
});

test('each of the four signals alone can flip a decision', () => {
  const base = { type: 'chat', complexity: 0.5, toolNeeds: 'none', intent: 'none' } as const;
  assert.equal(choose({ features: base }).name, 'fast');
  assert.equal(choose({ features: { ...base, type: 'mathematics' } }).name, 'thinking');
  assert.equal(choose({ features: { ...base, toolNeeds: 'multi_step' } }).name, 'thinking');
  assert.equal(choose({ features: { ...base, intent: 'think' } }).name, 'thinking');
  const easy = { type: 'mathematics', complexity: 0.02 } as const;
  assert.equal(choose({ features: easy }).name, 'fast');
  assert.equal(choose({ features: { ...easy, complexity: 0.6 } }).name, 'thinking');
});

test('max_effort holds against words and parameter', () => {
  for (const maxEffort of EFFORTS) {
    for (const effort of [null, ...EFFORTS]) {
      const chosen = choose({ features: { intent: 'think' }, constraints: { maxEffort, effort } });
      assert.ok(chosen.effort === null || effortRank(chosen.effort) <= effortRank(maxEffort));
    }
  }
});

test('two settings of one hybrid model are two components', () => {
  const model = { id: 'lab/hybrid', price: { input: 1, output: 5 } };
  const components = [
    sampleComponent('fast', { effort: 'none', model }),
    sampleComponent('thinking', { effort: 'high', model }),
  ];
  assert.equal(choose({ components, features: { type: 'chat' } }).name, 'fast');
  const hard = choose({ components, features: { type: 'logic', complexity: 0.7 } });
  assert.equal(hard.name, 'thinking');
  assert.equal(hard.effort, 'high');
});

test('the version changes with a constant and is stable otherwise', () => {
  assert.match(rules.version, /^rules@[0-9a-f]{12}$/);
  assert.equal(createRulesPolicy().version, rules.version);
});

test('a pair of unknown prices is still decided, without a utility', () => {
  const components = samplePair().map(({ name, effort }) => sampleComponent(name, { effort, model: { price: null } }));
  const { name, decision } = choose({ components, features: { type: 'mathematics', complexity: 0.6 } });
  assert.equal(name, 'thinking');
  assert.ok(decision.scores.every(({ utilityMicroUsd }) => utilityMicroUsd === null));
});

test('a mode is obeyed against every effort, every wording and every conversation type', () => {
  const components = [
    sampleComponent('pro', { model: { efforts: ['high'], price: { input: 15, output: 120 } } }),
    ...samplePair(),
    sampleComponent('coder', { for: ['code'], effort: 'high' }),
  ];
  const cases = CONVERSATION_TYPES.flatMap((type) =>
    (['none', 'think', 'quick'] as const).flatMap((intent) =>
      [null, ...EFFORTS].map((effort) => ({ type, intent, effort })),
    ),
  );
  for (const mode of ['fast', 'thinking', 'pro'] as const) {
    for (const { type, intent, effort } of cases) {
      const sample = { components, features: { type, intent, complexity: 0.9 }, constraints: { mode, effort } };
      assert.equal(choose({ ...sample, componentChosen: true }).name, mode);
      assert.equal(choose(sample).name, mode, 'the exclusions alone hold the mode');
    }
  }
});

test('mode fast with effort high decides the component by mode and applies the effort within it', () => {
  const components = [sampleComponent('fast'), ...samplePair().slice(1)];
  const open = choose({ components, componentChosen: true, constraints: { mode: 'fast', effort: 'high' } });
  assert.deepEqual([open.name, open.effort], ['fast', 'high']);
  assert.deepEqual(open.decision.reasonCodes, ['explicit_choice', 'effort_asked']);
  const fixed = choose({ componentChosen: true, constraints: { mode: 'fast', effort: 'high' } });
  assert.deepEqual([fixed.name, fixed.effort], ['fast', 'none']);
  assert.deepEqual(fixed.decision.reasonCodes, ['explicit_choice'], 'a clamped effort is no reason');
});

test('an effort in the middle leaves the component to the comparison where each can apply it', () => {
  const components = [sampleComponent('fast'), ...samplePair().slice(1)];
  for (const effort of ['low', 'medium'] as const) {
    const easy = choose({ components, features: { type: 'chat', complexity: 0.2 }, constraints: { effort } });
    assert.deepEqual([easy.name, easy.effort], ['fast', effort]);
    const hard = choose({ components, features: { type: 'logic', complexity: 0.7 }, constraints: { effort } });
    assert.deepEqual([hard.name, hard.effort], ['thinking', effort]);
    assert.ok(hard.decision.reasonCodes.includes('effort_asked'));
  }
});

test('an effort in the middle is not clamped away where another component can apply it', () => {
  for (const effort of ['low', 'medium'] as const) {
    const chosen = choose({ features: { type: 'chat', complexity: 0.2 }, constraints: { effort } });
    assert.deepEqual([chosen.name, chosen.effort], ['thinking', effort]);
    assert.equal(chosen.decision.reasonCodes[0], 'effort_asked');
  }
  const fixed = [sampleComponent('fast', { effort: 'none' }), sampleComponent('thinking', { effort: 'high' })];
  const neither = { components: fixed, constraints: { effort: 'low' } } as const;
  assert.equal(choose({ ...neither, features: { type: 'chat', complexity: 0.2 } }).name, 'fast', 'none can: compared');
  assert.equal(choose({ ...neither, features: { type: 'logic', complexity: 0.7 } }).name, 'thinking');
});

test('a fixed level holds against words for depth as against a parameter', () => {
  const components = [sampleComponent('fast', { effort: 'none' }), sampleComponent('thinking', { effort: 'medium' })];
  const features = { type: 'chat', complexity: 0.2, intent: 'think' } as const;
  const deep = choose({ components, features });
  assert.deepEqual([deep.name, deep.effort], ['thinking', 'medium']);
  const asked = choose({ components, features, constraints: { effort: 'high' } });
  assert.deepEqual([asked.name, asked.effort], ['thinking', 'medium']);
  assert.equal(choose({ components, features, constraints: { effort: 'none' } }).name, 'fast');
});

test('where no component thinks, words for depth do not claim to be obeyed', () => {
  const components = [sampleComponent('fast', { effort: 'none' }), sampleComponent('fast-mini', { effort: 'none' })];
  const { decision } = choose({ components, features: { intent: 'think' } });
  assert.ok(!decision.reasonCodes.includes('explicit_intent_think'));
});

test('words for depth choose the thinking component itself, never a cheaper relative or a dearer one', () => {
  const components = [
    sampleComponent('thinking-mini', { model: { price: { input: 0.1, output: 0.4 } } }),
    ...samplePair(),
    sampleComponent('pro', { model: { price: { input: 15, output: 120 } } }),
  ];
  assert.equal(choose({ components, features: { intent: 'think' } }).name, 'thinking');
});
