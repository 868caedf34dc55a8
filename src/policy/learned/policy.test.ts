import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sampleInput } from '../../../test/samples/policy.ts';
import { featuresOf, isKnown, samplePrompt, trainSampleRouter, type Family } from '../../../test/samples/trained.ts';
import type { Features } from '../../features/signals.ts';
import { createRandom } from '../../math/random.ts';
import { guardPolicy } from '../guard.ts';
import type { PolicyDecision, PolicyInput } from '../policy.ts';
import { createRulesPolicy } from '../rules.ts';
import type { RouterArtifact } from './artifact.ts';
import { createLearnedPolicy } from './policy.ts';

const PROMPTS = 60;

const { artifact, hash } = trainSampleRouter();

const policy = createLearnedPolicy({ artifact, artifactHash: hash });

const inputOf = (features: Features, members: Partial<PolicyInput> = {}): PolicyInput => ({
  ...sampleInput(),
  features,
  ...members,
});

const chosenOf = (input: PolicyInput, decision: PolicyDecision): string =>
  input.candidates[decision.chosen]?.component.name ?? '';

const decideOn = (text: string): PolicyDecision & { readonly component: string } => {
  const input = inputOf(featuresOf(text));
  const decision = policy.decide(input);
  return { ...decision, component: chosenOf(input, decision) };
};

/** Prompts that were not trained on and stand on known ground. */
const knownPrompts = (family: Family): readonly string[] => {
  const random = createRandom(2_024);
  return Array.from({ length: PROMPTS }, () => samplePrompt(family, random)).filter((text) => isKnown(artifact, text));
};

test('training finds the planted pattern: one family goes to thinking, the other to fast', () => {
  for (const [family, component, code] of [
    ['gains', 'thinking', 'gain_worth_cost'],
    ['equal', 'fast', 'type_default'],
  ] as const) {
    const prompts = knownPrompts(family);
    assert.ok(prompts.length > PROMPTS / 2, `${prompts.length} of ${family} are known`);
    for (const text of prompts) {
      const decision = decideOn(text);
      assert.equal(decision.component, component, text);
      assert.equal(decision.confidence, 'known', text);
      if (component === 'thinking') assert.equal(decision.reasonCodes[0], code);
    }
  }
});

test('what is predicted on known ground is marked as measured, and what the ground is comes with it', () => {
  const [text = ''] = knownPrompts('gains');
  const { scores, ground } = decideOn(text);
  assert.deepEqual(
    scores.map(({ prediction }) => prediction?.source),
    scores.map(() => 'measured'),
  );
  assert.ok((ground?.similarity ?? 0) >= (ground?.threshold ?? 1));
  assert.ok((ground?.outlook?.thinking ?? 0) > (ground?.outlook?.fast ?? 1));
});

test('prompts of no family, and prompts of too few words, are decided like the rules do, by the type alone', () => {
  const rules = createRulesPolicy();
  for (const text of [
    'Hello!',
    'Hi there, how has your week been so far?',
    'Prove that there are infinitely many primes.',
    'Write a Python function that returns the longest palindrome in a string, with tests.',
    'Translate to French: good morning',
  ]) {
    const input = inputOf(featuresOf(text));
    const decision = policy.decide(input);
    assert.equal(decision.confidence, 'unfamiliar', text);
    assert.equal(decision.ground?.outlook, null);
    assert.equal(decision.chosen, rules.decide(input).chosen, text);
    assert.ok(decision.scores.every(({ prediction }) => prediction?.source === 'prior'));
  }
});

test('a gain that does not clear its uncertainty goes up to thinking, and says so', () => {
  const [text = ''] = knownPrompts('equal');
  const input = inputOf(featuresOf(text));
  assert.equal(chosenOf(input, policy.decide(input)), 'fast');
  // Word heads of resamples that contradict each other: the same data could have led anywhere.
  const flipped = artifact.resampledWords.map((heads, at) =>
    heads.map((head, column) => ({ ...head, intercept: at % 2 === column ? 9 : -9 })),
  );
  const torn = createLearnedPolicy({ artifact: { ...artifact, resampledWords: flipped }, artifactHash: hash });
  const decision = torn.decide(input);
  assert.equal(decision.confidence, 'torn');
  assert.equal(chosenOf(input, decision), 'thinking');
  assert.equal(decision.reasonCodes[0], 'torn_up');
});

test('a component whose few grades make it look better does not take over until that clears its uncertainty', () => {
  const [text = ''] = knownPrompts('gains');
  const input = inputOf(featuresOf(text));
  const chosen = input.candidates[policy.decide(input).chosen];
  assert.equal(chosen?.component.role, 'thinking');
  const withFast = (sd: number): PolicyInput => ({
    ...input,
    candidates: input.candidates.map((candidate) => {
      const { component } = candidate;
      if (component.role !== 'fast') return candidate;
      const scale = { calls: 20, types: {}, others: { logits: 1, sd } };
      const ability = { deployment: component.deployments[0].id, simulated: false, text: scale, tools: null };
      return { ...candidate, component: { ...component, ability } };
    }),
  });
  const sure = withFast(0.05);
  assert.equal(chosenOf(sure, policy.decide(sure)), 'fast');
  assert.equal(policy.decide(sure).confidence, 'known');
  const unsure = withFast(4);
  assert.equal(policy.decide(unsure).confidence, 'torn');
  assert.equal(chosenOf(unsure, policy.decide(unsure)), 'thinking');
});

test('case, blanks and line breaks flip no decision', () => {
  for (const family of ['gains', 'equal'] as const)
    for (const text of knownPrompts(family)) {
      const { component } = decideOn(text);
      const words = text.split(' ');
      for (const other of [
        text.toUpperCase(),
        words.join('  \n\t '),
        `  ${text}\n\n`,
        words.map((word) => word[0]?.toUpperCase() + word.slice(1)).join(' '),
      ])
        assert.equal(decideOn(other).component, component, other);
    }
});

const withBrokenHeads = (broken: RouterArtifact): RouterArtifact => ({
  ...broken,
  quality: {
    ...broken.quality,
    words: broken.quality.words.map((head) => ({ ...head, intercept: Number.NaN })),
  },
});

test('heads that give no number make the guard answer with the safe component, flagged', () => {
  const broken = createLearnedPolicy({ artifact: withBrokenHeads(artifact), artifactHash: hash });
  const failures: Error[] = [];
  const guarded = guardPolicy(broken, { safeComponent: 'fast', onFailure: (error) => void failures.push(error) });
  const [text = ''] = knownPrompts('gains');
  const input = inputOf(featuresOf(text));
  const decision = guarded.decide(input);
  assert.equal(chosenOf(input, decision), 'fast');
  assert.deepEqual(decision.reasonCodes, ['router_failed']);
  assert.equal(failures.length, 1);
  assert.equal(guarded.decide(inputOf(featuresOf('Hello!'))).reasonCodes.includes('router_failed'), false);
});

test('the version names the artifact by the first digits of its hash', () => {
  assert.match(policy.version, new RegExp(`^sample@${hash.slice(0, 7)}\\.[0-9a-f]{7}$`));
});
