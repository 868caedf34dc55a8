/** `gearbox outcomes import` while a server holds the store: the lines go through the server. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { outcomesCommand } from '../../src/cli/outcomes.ts';
import { removeServerFile, writeServerFile } from '../../src/cli/server-file.ts';
import { runCommand } from '../samples/command.ts';
import { PAIR_YAML, send, startGearbox, type TestGearbox } from './gearbox.ts';

let gearbox: TestGearbox;

before(async () => {
  gearbox = await startGearbox({ yaml: PAIR_YAML, environment: { OPENAI_API_KEY: 'sk-test' } });
});

after(() => gearbox.close());

const importLines = async (lines: readonly object[]) => {
  const file = join(gearbox.home, 'outcomes.jsonl');
  writeFileSync(file, lines.map((line) => JSON.stringify(line)).join('\n'));
  const { code, output, errors } = await runCommand(outcomesCommand, ['import', file, '--evaluator', 'pytest'], {
    home: gearbox.home,
    json: true,
  });
  return { code, errors: errors.join(), result: output[0] === undefined ? null : JSON.parse(output[0]) };
};

const decide = async (): Promise<string> => {
  const body = { model: 'auto', messages: [{ role: 'user', content: 'Hello' }] };
  const answer = await send(`${gearbox.url}/v1/chat/completions`, { body });
  return answer.headers.get('x-gearbox-decision') ?? '';
};

test('lines reach the store through the running server, once', async () => {
  writeServerFile(gearbox.home, { url: gearbox.url, pid: process.pid });
  const id = await decide();
  const lines = [
    { decision_id: id, kind: 'correct', value: 1, at: '2026-11-23T12:00:00Z' },
    { decision_id: id, kind: 'valid', value: true, outcome_id: 'valid-1', note: 'fine' },
    { decision_id: 'dec_01KAR3Q8ZC5V9M7T2H4N6PXWYB', kind: 'thumb', value: 1 },
    { decision_id: id, kind: 'thumb', value: 7 },
  ];
  const first = await importLines(lines);
  assert.deepEqual(first.result, { lines: 4, added: 2, duplicate: 0, unknown_decision: 1, invalid: 1 });
  assert.equal(first.code, 1);
  assert.match(first.errors, /line 3: decision_id: .* is not in this store/);
  const again = await importLines(lines.slice(0, 2));
  assert.deepEqual([again.code, again.result.added, again.result.duplicate], [0, 0, 2]);
  const stored = await gearbox.gearbox.reader.decision(id);
  const correct = stored?.outcomes.find(({ kind }) => kind === 'correct');
  assert.deepEqual([correct?.evaluator, correct?.atMs, correct?.value], ['pytest', Date.UTC(2026, 10, 23, 12), 1]);
  assert.equal(stored?.outcomes.find(({ kind }) => kind === 'valid')?.note, 'fine');
});

test('where the store is held but its server cannot be found, the import exits with 3', async () => {
  removeServerFile(gearbox.home);
  const { code, errors } = await importLines([{ decision_id: await decide(), kind: 'valid', value: true }]);
  assert.equal(code, 3);
  assert.match(errors, /another process|in use|holds|locked/i);
});
