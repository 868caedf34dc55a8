import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { DataError } from '../errors.ts';
import { loadRouteLlmRows } from './routellm.ts';

const folderWith = async (context: TestContext, lines: readonly string[]): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'routellm-'));
  context.after(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, 'rows.jsonl'), lines.join('\n'));
  return folder;
};

const row = (members: object): string =>
  JSON.stringify({
    ds: 'mmlu',
    sub: 'botany',
    prompt: 'Which is a tree?\nA. oak\nB. fern',
    weak: 0,
    strong: 1,
    ...members,
  });

test('rows are read in order, scores and subjects beside them', async (context) => {
  const folder = await folderWith(context, [
    row({}),
    row({ ds: 'gsm8k', sub: 'gsm8k', prompt: 'Add 1 and 2.', weak: 1 }),
  ]);
  const rows = await loadRouteLlmRows(folder);
  assert.deepEqual(
    rows.map(({ benchmark, subject, weak, strong }) => [benchmark, subject, weak, strong]),
    [
      ['mmlu', 'botany', 0, 1],
      ['gsm8k', 'gsm8k', 1, 1],
    ],
  );
});

test('rows of one stem share a group, and so do rows that the file puts together', async (context) => {
  const folder = await folderWith(context, [
    row({ group: 'a' }),
    row({ prompt: 'which is a tree?\nA. yew\nB. moss' }),
    row({ prompt: 'Which one is a tree?', group: 'a' }),
    row({ prompt: 'Which is a fern?' }),
  ]);
  const [first, second, third, other] = await loadRouteLlmRows(folder);
  assert.equal(first?.group, second?.group);
  assert.equal(first?.group, third?.group);
  assert.notEqual(first?.group, other?.group);
});

test('a score outside 0 to 1, an unknown benchmark and an empty file are refused, naming file and line', async (context) => {
  const refused = async (lines: readonly string[], message: RegExp): Promise<void> => {
    const folder = await folderWith(context, lines);
    await assert.rejects(
      loadRouteLlmRows(folder),
      (error) => error instanceof DataError && message.test(error.message),
    );
  };
  await refused([row({}), row({ weak: 2 })], /rows\.jsonl:2: weak: /);
  await refused([row({ ds: 'other' })], /rows\.jsonl:1: ds: /);
  await refused([''], /rows\.jsonl: expected at least one row/);
});
