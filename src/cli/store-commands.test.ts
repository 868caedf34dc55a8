import { strict as assert } from 'node:assert';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { runCommand, type CommandRun } from '../../test/samples/command.ts';
import { openStore } from '../store/sqlite-writer.ts';
import type { Command, SharedFlags } from './command.ts';
import { decisionsCommand } from './decisions.ts';
import { parseSince } from './list-options.ts';
import { outcomesCommand } from './outcomes.ts';

const ID = 'dec_01KAR3Q8ZC5V9M7T2H4N6PXWYB';
const AT_MS = Date.UTC(2026, 10, 23, 12, 30, 5);
const home = mkdtempSync(join(tmpdir(), 'gearbox-cli-'));
after(() => rmSync(home, { recursive: true, force: true }));

const run = (command: Command, args: readonly string[], flags: Partial<SharedFlags> = {}): Promise<CommandRun> =>
  runCommand(command, args, { home, ...flags });

const openHome = () => openStore({ path: join(home, 'store.db'), now: () => AT_MS });

test('without a store, both commands exit with 3 and say what makes one', async () => {
  for (const [command, args] of [
    [decisionsCommand, ['list']],
    [outcomesCommand, ['import', '-']],
  ] as const) {
    const { code, errors } = await run(command, args);
    assert.equal(code, 3);
    assert.match(errors.join(), /There is no store at .*"gearbox serve" creates one/);
  }
});

test('decisions are listed in a table and shown in sections; --json has the names of the wire', async () => {
  const store = await openHome();
  store.writeRecord({
    decision: {
      id: ID,
      atMs: AT_MS,
      keyHash: null,
      sessionId: 's_1',
      requestId: null,
      protocol: 'openai-chat',
      unifiedModel: 'auto',
      component: 'thinking',
      deployment: 'anthropic/claude-opus-5.5',
      effort: 'high',
      chosenBy: 'router',
      confidence: 'known',
      simulated: false,
      shadow: false,
      decideMicroseconds: 412,
      costMicroUsd: 6421,
      result: 'ok',
      json: '{"reason_codes":["gain_worth_cost"],"probability":1}',
    },
    attempts: [],
    text: null,
  });
  await store.close();
  const { output } = await run(decisionsCommand, ['list', '--component', 'thinking']);
  assert.deepEqual(
    output.map((line) => line.split(/ {2,}/)),
    [
      ['TIME', 'ID', 'COMPONENT', 'EFFORT', 'MODEL', 'COST', 'REASON', 'CONFIDENCE', 'MARKS'],
      [
        '2026-11-23T12:30:05Z',
        ID,
        'thinking',
        'high',
        'anthropic/claude-opus-5.5',
        '$0.006421',
        'gain_worth_cost',
        'known',
      ],
    ],
  );
  const shown = await run(decisionsCommand, ['show', ID]);
  assert.match(shown.output.join('\n'), /Choice\n {2}component +thinking\n[^]*Details\n[^]*probability +1/);
  const json = JSON.parse((await run(decisionsCommand, ['show', ID], { json: true })).output.join('')) as Record<
    string,
    unknown
  >;
  assert.equal(json['cost_usd'], 0.006421);
  assert.deepEqual(json['reason_codes'], ['gain_worth_cost']);
});

test('an import adds good lines once, and reports each bad line by its number', async () => {
  const file = join(home, 'outcomes.jsonl');
  const lines = [
    `{"decision_id":"${ID}","kind":"correct","value":1}`,
    `{"decision_id":"${ID}","kind":"thumb","value":7}`,
    '',
    'not json',
    `{"decision_id":"dec_01KAR3Q8ZC5V9M7T2H4N6PXWYC","kind":"thumb","value":1}`,
  ];
  writeFileSync(file, lines.join('\n'));
  const first = await run(outcomesCommand, ['import', file, '--evaluator', 'pytest']);
  assert.equal(first.code, 1);
  assert.deepEqual(first.output, ['1 added, 0 already there, 1 for unknown decisions, 2 invalid.']);
  assert.deepEqual(first.errors.map((line) => line.slice(0, 6)).sort(), ['line 2', 'line 4', 'line 5']);
  const again = await run(outcomesCommand, ['import', file, '--evaluator', 'pytest'], { json: true });
  assert.deepEqual(JSON.parse(again.output.join('')), {
    lines: 5,
    added: 0,
    duplicate: 1,
    unknown_decision: 1,
    invalid: 2,
  });
  const listed = await run(outcomesCommand, ['list']);
  assert.match(listed.output[1] ?? '', new RegExp(`${ID} +correct +1 +pytest$`));
});

test('while a server holds the store, an import exits with 3 and says who holds it; reading still works', async () => {
  const store = await openHome();
  try {
    const { code, errors } = await run(outcomesCommand, ['import', join(home, 'outcomes.jsonl')]);
    assert.equal(code, 3);
    assert.match(errors.join(), /being written by another process \(gearbox, process \d+/);
    assert.equal((await run(decisionsCommand, ['list'])).code, 0);
  } finally {
    await store.close();
  }
});

test('mistakes of usage exit with 2 and name the option; an unknown decision or file is no crash', async () => {
  assert.match(
    (await run(decisionsCommand, ['list', '--limit', '0'])).errors.join(),
    /^--limit: expected .* given "0"/,
  );
  assert.equal((await run(decisionsCommand, ['list', '--nope'])).code, 2);
  assert.match(
    (await run(decisionsCommand, ['frobnicate'])).errors.join(),
    /expected one of list, show, replay, given/,
  );
  assert.equal((await run(decisionsCommand, ['show', 'dec_x'])).code, 1);
  assert.match((await run(outcomesCommand, ['import', join(home, 'absent')])).errors.join(), /^Cannot read .*ENOENT/);
});

test('replay needs the store alone: a configuration that is broken or gone does not matter', async () => {
  const broken = join(home, 'broken.yaml');
  writeFileSync(
    broken,
    'version: 1\ncomponents: { fast: { model: openai/gpt-6-luna } }\nkeys: { web: { secret: env:NOWHERE } }\n',
  );
  for (const config of [broken, join(home, 'missing.yaml')]) {
    const { errors } = await run(decisionsCommand, ['replay', 'dec_01KAR3Q8ZC5V9M7T2H4N6PXWYC'], { config }).catch(
      (error: Error) => ({ errors: [error.message] }),
    );
    assert.match(errors.join(), /There is no decision dec_01KAR3Q8ZC5V9M7T2H4N6PXWYC in this store/);
  }
});

test('--since takes durations and times', () => {
  assert.equal(parseSince('90m', AT_MS), AT_MS - 5_400_000);
  assert.equal(parseSince('2026-11-23T12:30:05Z', 0), AT_MS);
  assert.throws(() => parseSince('yesterday', AT_MS), /^InvalidRequestError: --since: expected a duration/);
});
