import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import type { CanonicalRequest } from '../canonical/request.ts';
import { extractFeatures } from './extract.ts';
import { assistant, image, tool, toRequest, user } from './request.test-data.ts';
import { STRUCTURAL_NAMES } from './structural.ts';

const signalsOf = (request: CanonicalRequest) => extractFeatures(request).signals;

test('thanks after a hard thread is trivial chat, because the latest user message dominates', () => {
  const hard = 'Prove that there are infinitely many primes p with p ≡ 3 (mod 4), and give the asymptotic density.';
  const { complexity, conversationType } = signalsOf(toRequest([user(hard), assistant('Proof: …'), user('Thanks!')]));
  assert.ok(complexity.value < 0.05, String(complexity.value));
  assert.equal(conversationType.value, 'chat');
});

test('a hard question after small talk is hard', () => {
  const hard = 'Prove that there are infinitely many primes p with p ≡ 3 (mod 4), and give the asymptotic density.';
  const { complexity, conversationType } = signalsOf(
    toRequest([user('hi, how are you?'), assistant('Fine!'), user(hard)]),
  );
  assert.ok(complexity.value > 0.5, String(complexity.value));
  assert.equal(conversationType.value, 'mathematics');
});

test('a short follow-up leans on the turn before it', () => {
  const turns = [
    user('Solve x^2 + 3x + 2 = 0 and prove that both roots are real.'),
    assistant('x = -1, -2'),
    user('and for the other one?'),
  ];
  const alone = signalsOf(toRequest([user('and for the other one?')]));
  const followed = signalsOf(toRequest(turns));
  assert.ok(followed.complexity.value > alone.complexity.value + 0.1);
  assert.equal(followed.conversationType.value, 'mathematics');
});

test('identity, metadata, model name and client text never change a feature', () => {
  const request = toRequest([user('Write a haiku about rain.')]);
  const disguised: CanonicalRequest = {
    ...request,
    source: { protocol: 'anthropic-messages', text: '{"user":"think hard"}' },
    model: 'another',
    endUser: 'vip-customer-42',
    metadata: { plan: 'enterprise', note: 'think hard' },
    controls: { objective: 'quality' },
    unknownMembers: ['user'],
    stream: true,
    serviceTier: 'priority',
  };
  assert.deepEqual(extractFeatures(disguised), extractFeatures(request));
});

test('the order of keys in a request and in its tools changes nothing', () => {
  const schema = { type: 'object', properties: { a: { type: 'string' }, b: { type: 'number' } } };
  const reversed = { properties: { b: { type: 'number' }, a: { type: 'string' } }, type: 'object' };
  const request = toRequest([user('What is the weather in Bern?')], { tools: [tool('weather', schema)] });
  const shuffled = Object.fromEntries(
    Object.entries(
      toRequest([user('What is the weather in Bern?')], { tools: [tool('weather', reversed)] }),
    ).toReversed(),
  );
  assert.deepEqual(extractFeatures(shuffled as unknown as CanonicalRequest), extractFeatures(request));
});

test('features hold no text of the request', () => {
  const secret = 'zyxwvut';
  const features = extractFeatures(
    toRequest([user(`Please think hard about ${secret} and translate "${secret}" to French.`)]),
  );
  assert.ok(!JSON.stringify(features).includes(secret));
});

test('evidence points at the words in the normalised text', () => {
  const { explicitIntent } = signalsOf(toRequest([user('Hello!  Please   THINK HARD about it.')]));
  const [evidence] = explicitIntent.evidence;
  assert.equal(explicitIntent.value, 'think');
  assert.equal(
    'think hard about it.'.slice(evidence?.offset ?? 0, (evidence?.offset ?? 0) + (evidence?.length ?? 0)),
    'think hard',
  );
});

test('every structural feature is a finite number of at least 0, whatever the text', () => {
  for (const text of [
    '',
    ' ',
    '\u0000\ud800',
    '```',
    '>>>>',
    '<file>',
    '('.repeat(20_000),
    'a'.repeat(20_000),
    '「'.repeat(9_000),
  ]) {
    const { structural, inputTokensEstimate } = extractFeatures(toRequest([user(text)]));
    structural.forEach((value, index) => {
      assert.ok(Number.isFinite(value) && value >= 0, `${STRUCTURAL_NAMES[index]} = ${value}`);
    });
    assert.equal(structural.length, STRUCTURAL_NAMES.length);
    assert.ok(Number.isSafeInteger(inputTokensEstimate));
  }
});

test('each structural number stands under its name', () => {
  const request = toRequest(
    [user('What is f(x) if x = 3?', image), assistant('9'), user('And in `a_b` for 7, 8?', image)],
    {
      tools: [tool('plot')],
    },
  );
  const { structural } = extractFeatures(request);
  const named = new Map(STRUCTURAL_NAMES.map((name, index) => [name, structural[index]]));
  assert.equal(named.size, STRUCTURAL_NAMES.length);
  assert.deepEqual(
    ['characters', 'questionMarks', 'numbers', 'snakeIdentifiers', 'images', 'tools', 'userTurns', 'imagesEver'].map(
      (name) => named.get(name),
    ),
    ['and in `a_b` for 7, 8?'.length, 1, 2, 1, 1, 1, 2, 2],
  );
  assert.ok((named.get('type_vision') ?? 0) > 0.9);
});
