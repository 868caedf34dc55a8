import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assert as assertProperty, property, string } from 'fast-check';
import { InvalidRequestError } from '../errors.ts';
import { parseFacts, renderDemoAnswer, toTopic } from './demo-answer.ts';

const header = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

const FACTS = {
  component: 'thinking',
  model: 'lab/thinking',
  effort: 'high',
  reason: 'Multi-step proof: thinking is predicted 31 points better.',
  cost_usd: 0.0004,
  always_thinking_cost_usd: 0.0064,
  priced_as: 'openai/gpt-6-luna',
  thinking_priced_as: 'anthropic/claude-opus-5.5',
};

test('the answer says lab, choice, reason, both costs and how to connect a key', () => {
  const text = renderDemoAnswer({ facts: parseFacts(header(FACTS)), model: 'thinking', prompt: 'Prove it.' });
  assert.equal(
    text,
    [
      'Hello from the Gearbox lab: this answer is simulated, no model was called.',
      '',
      'Your request arrived: “Prove it.”',
      '',
      '- Chosen: **thinking** at high effort.',
      '- Why: Multi-step proof: thinking is predicted 31 points better.',
      '- With a real key this request would cost about $0.000400 on openai/gpt-6-luna.',
      '- Always thinking (anthropic/claude-opus-5.5) would have cost $0.006400, 16 times as much.',
      '',
      'To connect real models, set a key you have (OPENAI_API_KEY, ANTHROPIC_API_KEY, GEMINI_API_KEY, …) and start ' +
        '`gearbox serve` again; `gearbox check` says what it found.',
    ].join('\n'),
  );
});

test('a fact that is absent leaves its sentence out and nothing else', () => {
  for (const absent of Object.keys(FACTS)) {
    const facts = parseFacts(header({ ...FACTS, [absent]: null }));
    const text = renderDemoAnswer({ facts, model: 'pro', prompt: '' });
    assert.doesNotMatch(text, /undefined|null|NaN/);
    assert.match(text, /simulated/);
  }
  const bare = renderDemoAnswer({ facts: parseFacts(undefined), model: 'fast', prompt: '' });
  assert.match(bare, /Your request arrived\.\n\n- Chosen: \*\*fast\*\*\.\n\nTo connect/);
});

test('equal costs are called equal, and nothing is divided by zero', () => {
  const both = (costUsd: number, alwaysThinkingCostUsd: number): string =>
    renderDemoAnswer({ facts: { costUsd, alwaysThinkingCostUsd }, model: 'fast', prompt: '' });
  assert.match(both(0.01, 0.01), /would have cost the same here/);
  assert.match(both(0, 0.01), /would have cost \$0\.010000\.\n/);
  assert.match(both(0.01, 0.025), /2\.5 times as much/);
  assert.match(both(0.01, 0.005), /would have cost \$0\.005000\.\n/);
});

test('a broken header is an error, since only the router sends it', () => {
  for (const broken of ['???', header([]), header({ cost_usd: '1' }), header({ cost_usd: -1 }), 'e'.repeat(9_000)]) {
    assert.throws(() => parseFacts(broken), InvalidRequestError, broken.slice(0, 20));
  }
});

test('the topic is the first words, on one line, without marks that would format or link', () => {
  assert.equal(toTopic('  Why is\n\nthe `sky` blue?  '), 'Why is the sky blue?');
  assert.equal(toTopic('one two three four five six seven eight nine ten'), 'one two three four five six seven eight nine…'); // prettier-ignore
  assert.equal(toTopic('x'.repeat(100)), `${'x'.repeat(60)}…`);
  assert.equal(toTopic('👋'.repeat(100)), `${'👋'.repeat(60)}…`);
  assertProperty(
    property(string({ unit: 'binary', maxLength: 400 }), (prompt) => {
      const topic = toTopic(prompt);
      assert.ok(Array.from(topic).length <= 61);
      assert.doesNotMatch(topic, /[\n\r<>[\]`*_]/);
      assert.ok(topic.isWellFormed());
    }),
  );
});
