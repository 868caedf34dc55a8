import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stratumOf } from '../policy/learned/ability-strata.ts';
import { fitDifficultyEdges, fitWordEdges } from './ability-strata.ts';

test('A topic is cut into equal shares, and a thin one into fewer', () => {
  // 160 prompts of topic 0 with difficulties 0 to 159, 85 of topic 1 likewise.
  const topics = Uint16Array.from({ length: 245 }, (_, prompt) => (prompt < 160 ? 0 : 1));
  const difficulties = Float64Array.from({ length: 245 }, (_, prompt) => (prompt < 160 ? prompt : prompt - 160));
  const edges = fitDifficultyEdges({ topics, topicCount: 2, difficulties, bins: 4 });
  const counts = Array.from({ length: 8 }, () => 0);
  for (const [prompt, topic] of topics.entries()) {
    const stratum = stratumOf(edges, topic, difficulties[prompt] ?? 0);
    counts[stratum] = (counts[stratum] ?? 0) + 1;
  }
  assert.deepEqual(counts, [40, 40, 40, 40, 42, 43, 0, 0]);
});

test('Requests with tools are cut at the terciles of their length', () => {
  assert.deepEqual(fitWordEdges(Float64Array.of(3, 9, 6, 0)), [3, 6]);
});
