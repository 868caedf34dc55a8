import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { samplePool } from '../../test/samples/pool.ts';
import type { Ability } from '../catalog/ability.ts';
import { saveAbilities, toAbilitiesPath } from '../learn/ability-file.ts';
import { withAbilities } from './abilities.ts';
import type { Problem } from './problem.ts';

const home = await mkdtemp(join(tmpdir(), 'gearbox-with-abilities-'));
after(() => rm(home, { recursive: true, force: true }));

const pool = samplePool();
const problems: readonly Problem[] = [];
const files: readonly string[] = [];
const loaded = { pool, settings: { home }, problems, files };
const [first] = [...pool.components.values()];
const scale = { calls: 50, types: {}, others: { logits: 0.3, sd: 0.2 } };
const ability: Ability = {
  deployment: first?.deployments[0].id ?? '',
  simulated: first?.simulated ?? false,
  text: scale,
  tools: null,
};
const name = first?.name ?? '';

const save = (given: Ability): Promise<string> =>
  saveAbilities(toAbilitiesPath(home), {
    fittedAt: '2026-11-27T07:00:00.000Z',
    components: new Map([[name, given]]),
  });

test('without a file nothing changes, but its place is watched', async () => {
  const result = await withAbilities(loaded);
  assert.deepEqual(result, { ...loaded, files: [toAbilitiesPath(home)] });
});

test('abilities are of the model that was graded, and change the hash of the configuration', async () => {
  await save(ability);
  const with1 = await withAbilities(loaded);
  assert.deepEqual(with1.pool.components.get(name)?.ability, ability);
  assert.notEqual(with1.pool.configHash, pool.configHash);
  await save({ ...ability, text: { ...scale, calls: 51 } });
  assert.notEqual((await withAbilities(loaded)).pool.configHash, with1.pool.configHash);
});

test('another model behind the component, or made-up grades for a real one, leave it unmeasured', async () => {
  for (const other of [
    { ...ability, deployment: 'openai/another' },
    { ...ability, simulated: !ability.simulated },
  ]) {
    await save(other);
    const { pool: unchanged } = await withAbilities(loaded);
    assert.equal(unchanged.components.get(name)?.ability, undefined);
    assert.equal(unchanged.configHash, pool.configHash);
  }
});

test('a file that cannot be read is a warning, and everything is served as before', async () => {
  await mkdir(dirname(toAbilitiesPath(home)), { recursive: true });
  await writeFile(toAbilitiesPath(home), 'nonsense');
  const result = await withAbilities(loaded);
  assert.deepEqual(result.pool, pool);
  const [problem] = result.problems;
  assert.equal(problem?.severity, 'warning');
  assert.match(problem?.fix ?? '', /abilities fit.*counts as unmeasured/);
});
