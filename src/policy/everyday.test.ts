import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { BALANCED, sampleInput, samplePair, sampleRequest } from '../../test/samples/policy.ts';
import { extractFeatures } from '../features/extract.ts';
import { listCandidates } from './candidates.ts';
import { NO_CONSTRAINTS } from './constraints.ts';
import { resolveObjective } from './objective.ts';
import type { Objective } from './policy.ts';
import { createRulesPolicy } from './rules.ts';

const rules = createRulesPolicy();

/** The component for a user's text, from the real features and filters. */
const route = (text: string, objective: Objective): string => {
  const request = sampleRequest({ messages: [{ role: 'user', content: [{ type: 'text', text }] }] });
  const features = extractFeatures(request);
  const candidates = listCandidates({ components: samplePair(), request, features, constraints: NO_CONSTRAINTS });
  const { chosen } = rules.decide({ ...sampleInput(), features, candidates, objective });
  return candidates[chosen]?.component.name ?? '';
};

const EVERYDAY = [
  'Hello',
  'Hi, how are you today?',
  'Thanks!',
  'What is the capital of France?',
  'Tell me a joke',
  'Recommend a good book for a long flight',
  'Translate "good morning" to German',
  'Give me a recipe for pancakes',
  'Write a short birthday poem for my sister',
];

const STEPWISE = [
  'Prove that the square root of 2 is irrational.',
  'Prove by induction that the sum of the first n odd numbers is n squared, then find the sum of their cubes.',
  'Implement a lock-free concurrent queue in C++ and explain why it is linearizable, with memory orderings.',
];

test('everyday prompts go to fast at the presets cost, balanced, quality and latency', () => {
  for (const name of ['cost', 'balanced', 'quality', 'latency'] as const) {
    const objective = resolveObjective({ type: 'preset', name }, { bandPoints: null, maxWaitMs: null });
    for (const text of EVERYDAY) assert.equal(route(text, objective), 'fast', `${name}: ${text}`);
  }
});

test('proofs and programs go to thinking at the balanced preset', () => {
  for (const text of STEPWISE) assert.equal(route(text, BALANCED), 'thinking', text);
});
