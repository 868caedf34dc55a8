/** Published scores from gearbox.yaml to the choice, its explanation and its replay. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decisionsCommand } from '../../src/cli/decisions.ts';
import { runCommand } from '../samples/command.ts';
import { PAIR_YAML, send, startGearbox } from './gearbox.ts';

const QUESTION = 'Prove that the sum of two odd integers is even, and that the product of two odd integers is odd.';

/** The rules: everything that they predict is a prior. */
const YAML = `${PAIR_YAML}models: { auto: { policy: rules } }\n`;

const withScores = (fast: number, thinking: number): string =>
  YAML.replace('effort: none }', `effort: none, score: { benchmark: exam 2026-06, percent: ${fast} } }`).replace(
    'effort: auto }',
    `effort: auto, score: { benchmark: exam 2026-06, percent: ${thinking} } }`,
  );

const ask = async (yaml: string) => {
  const gearbox = await startGearbox({ yaml, environment: { OPENAI_API_KEY: 'sk-test' } });
  try {
    const body = { model: 'auto', messages: [{ role: 'user', content: QUESTION }], gearbox: { explain: 'full' } };
    const { json } = await send(`${gearbox.url}/v1/chat/completions`, { body });
    await gearbox.gearbox.store.flush();
    const { code, output } = await runCommand(decisionsCommand, ['replay', '--all'], { home: gearbox.home });
    assert.equal(code, 0, output.join('\n'));
    const { component, candidates } = json.gearbox;
    const ofFast = candidates.find((each: { component: string }) => each.component === 'fast');
    return { component, source: ofFast.source, score: ofFast.published_score };
  } finally {
    await gearbox.close();
  }
};

test('a fast component that is published to be the better one gets what its role alone would lose', async () => {
  assert.deepEqual(await ask(YAML), { component: 'thinking', source: 'prior', score: null });
  const { component, source, score } = await ask(withScores(85, 40));
  assert.equal(component, 'fast');
  assert.equal(source, 'prior', 'a score that somebody published is no measurement of this component');
  assert.deepEqual([score.benchmark, score.percent, score.compared], ['exam 2026-06', 85, 2]);
  assert.ok(score.logits > 0.5);
  assert.equal((await ask(withScores(40, 85))).component, 'thinking');
});
