/** `gearbox frontier` with a store: graded answers of this installation, a data set and the prior beside each other. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { frontierCommand } from '../../src/cli/frontier.ts';
import { runCommand } from '../samples/command.ts';
import { PAIR_YAML, startGearbox, send, type TestGearbox } from './gearbox.ts';

let gearbox: TestGearbox;

before(async () => {
  gearbox = await startGearbox({ yaml: PAIR_YAML, environment: { OPENAI_API_KEY: 'sk-test' } });
  // A configuration of the command's own: the key is no secret, and nothing is called.
  writeFileSync(join(gearbox.home, 'key'), 'sk-test', { mode: 0o600 });
  writeFileSync(
    join(gearbox.home, 'gearbox.yaml'),
    PAIR_YAML.replaceAll("{lab}/v1'", "http://127.0.0.1:9/v1', key: 'file:key'"),
  );
});

after(() => gearbox.close());

const toLines = (rows: readonly object[]): string => rows.map((row) => JSON.stringify(row)).join('\n');

/** Two models, both asked twice. */
const writeDataSet = (): void => {
  const place = { source: 'made', dataset: 'up' };
  const prompts = ['p1', 'p2'].map((id) => ({ ...place, prompt_id: id, prompt: `What is ${id}?`, group: id }));
  const outcomes = prompts.flatMap(({ prompt_id }, at) => [
    { ...place, prompt_id, model: 'small', score: at, cost_usd: 0.001 },
    { ...place, prompt_id, model: 'large', score: 1, cost_usd: 0.01 },
  ]);
  const set = { id: 'pair', sources: ['made/up'], models: ['small', 'large'], cost: 'recorded' };
  writeFileSync(join(gearbox.home, 'prompts.jsonl'), toLines(prompts));
  writeFileSync(join(gearbox.home, 'outcomes.jsonl'), toLines(outcomes));
  writeFileSync(join(gearbox.home, 'sets.json'), JSON.stringify({ sets: [set] }));
};

const draw = (args: readonly string[]) =>
  runCommand(frontierCommand, args, { config: join(gearbox.home, 'gearbox.yaml'), home: gearbox.home });

const grade = async (value: number): Promise<void> => {
  const body = { model: 'auto/fast', messages: [{ role: 'user', content: 'Hello' }] };
  const answer = await send(`${gearbox.url}/v1/chat/completions`, { body });
  const outcome = { decision_id: answer.headers.get('x-gearbox-decision'), kind: 'correct', value, evaluator: 'test' };
  const { status } = await send(`${gearbox.url}/v1/gearbox/outcomes`, { body: outcome });
  assert.ok(status < 300, String(status));
};

test('what was measured here, what on a data set and what is a prior stand apart, in the table and in the picture', async () => {
  await grade(1);
  await grade(0);
  writeDataSet();
  const svg = join(gearbox.home, 'frontier.svg');
  const { code, output, errors } = await draw(['--data', gearbox.home, '--set', 'pair', '--svg', svg]);
  assert.equal(code, 0, errors.join('\n'));
  const table = output.join('\n');
  assert.match(table, /^fast\/?\w* +measured here +2 +\d\.\d+ +50\.0 %/m);
  assert.match(table, /^small \(pair\) +data set +2 +0\.001000 +50\.0 %/m);
  assert.match(table, /^large \(pair\) +data set +2 +0\.010000 +100\.0 %/m);
  assert.match(table, /^thinking +prior +- /m);
  assert.match(table, /2 graded answers of this installation\. Fewer than 30/);
  const picture = readFileSync(svg, 'utf8');
  for (const mark of ['measured-here', 'measured-on-data-set', 'prior'])
    assert.match(picture, new RegExp(`class="m ${mark}"`));
});
