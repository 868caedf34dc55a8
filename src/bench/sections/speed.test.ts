import assert from 'node:assert/strict';
import { test } from 'node:test';
import { plantedExamples } from '../../../test/samples/planted-examples.ts';
import { trainArtifact } from '../../learn/train.ts';
import { createLearnedPolicy } from '../../policy/learned/policy.ts';
import { TIMING_CANDIDATES } from '../timing-pool.ts';
import { measureSpeed, renderSpeed, toTexts } from './speed.ts';

test('texts have the length asked for and begin differently', () => {
  const texts = toTexts(['one', 'two and more'], 30, 2);
  assert.deepEqual(
    texts.map((text) => text.length),
    [30, 30],
  );
  assert.match(texts[0] ?? '', /^one\ntwo/);
  assert.match(texts[1] ?? '', /^two and more\none/);
});

test('eight components with three efforts are 24 candidates of different names', () => {
  const names = new Set(TIMING_CANDIDATES.map(({ component, effort }) => `${component.name}/${effort}`));
  assert.equal(names.size, 24);
});

test('decisions are timed one by one, and an aim that cannot be met is not met', () => {
  const artifact = trainArtifact(plantedExamples(120, 3), { name: 'planted', seed: 1 });
  const policy = createLearnedPolicy({ artifact, artifactHash: 'abcdef0' });
  const row = measureSpeed(policy, ['Where does the keeper stand?'], {
    characters: 200,
    decisions: 40,
    aims: { p50: -1, p99: 2 },
  });
  assert.ok(row.mean_ms > 0 && row.p99_ms >= row.p50_ms);
  assert.equal(row.met, false);
  assert.match(renderSpeed([row], { average: 3, cores: 2 }), /Load average 3\.0 on 2 cores[^]*busy[^]*\| 200 \| 40 \|/);
});
