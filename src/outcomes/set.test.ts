import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { DataError } from '../errors.ts';
import { readOutcomes, readPrompts } from './read.ts';
import { loadSetDefinition, matchesSource } from './set-definition.ts';
import { loadOutcomeSet } from './set.ts';

const folder = mkdtempSync(join(tmpdir(), 'gearbox-outcomes-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const collect = async <Item>(items: AsyncIterable<Item>): Promise<Item[]> => {
  const all: Item[] = [];
  for await (const item of items) {
    all.push(item);
  }
  return all;
};

const lines = (rows: readonly unknown[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join('');

const prompt = (dataset: string, id: string, text: unknown = 'one two') => ({
  source: 'made',
  dataset,
  prompt_id: id,
  prompt: text,
  answer: '42',
  derived: { mean_all: 1 },
});

const outcome = (dataset: string, id: string, rest: object) => ({ source: 'made', dataset, prompt_id: id, ...rest });

writeFileSync(
  join(folder, 'prompts.jsonl.gz'),
  gzipSync(
    lines([
      { ...prompt('up', '1'), group: 'g1', tools: { name: 'f' } },
      prompt('up', '2', [{ role: 'user', content: 'a' }]),
      prompt('down/deep', '1', 'x'.repeat(40)),
      prompt('other', '1'),
    ]),
  ),
);
writeFileSync(
  join(folder, 'outcomes.jsonl'),
  lines([
    outcome('up', '1', { model: 'a', score: 1, cost_usd: 0.5, output_tokens: 10 }),
    outcome('up', '1', { model: 'A!', score: 0, cost_usd: 1.5, output_chars: 80 }),
    outcome('up', '1', { model: 'b', score: 0.5 }),
    outcome('up', '2', { model: 'a', score: 1 }),
    outcome('down/deep', '1', { model: 'b', score: 1, input_tokens: 7, output_tokens: 100 }),
    outcome('down/deep', '1', { model: 'c', score: 0, output_chars: 401 }),
    outcome('other', '1', { model: 'a', score: 1 }),
  ]),
);
const file = join(folder, 'sets.json');
const sets = [
  { id: 'list', sources: ['made/up'], models: ['a', 'b'], cost: { usd_per_call: [1, 2] } },
  { id: 'deep', sources: ['made/down/*'], models: ['b', 'c'], cost: { usd_per_mtok_in_out: [[1, 2], [3, 4]] } }, // prettier-ignore
  { id: 'recorded', sources: ['made/up'], models: ['a'], cost: 'recorded' },
  {
    id: 'mixed',
    fast_cost: 0.001,
    thinking_cost: 0.02,
    by_source: { 'made/up': { fast: ['a', 'none'], thinking: ['b'] }, 'made/down/*': { fast: ['b'], thinking: ['c'] } },
  },
  { id: 'prose', sources: ['made/up'], models: 'a and b', cost: { relative: [1, 2] } },
];
writeFileSync(file, JSON.stringify({ note: 'made up', aliases: { 'A!': 'a' }, sets }));

const load = async (set: string) =>
  loadOutcomeSet({ folders: [folder], definition: await loadSetDefinition({ file, set }) });

test('prompts are read with labels apart from what a router may see', async () => {
  const prompts = await collect(readPrompts(folder));
  assert.equal(prompts.length, 4);
  assert.deepEqual(prompts[0], {
    source: 'made',
    dataset: 'up',
    promptId: '1',
    routable: { prompt: 'one two', tools: [{ name: 'f' }] },
    group: 'g1',
    labels: { category: null, difficulty: null, answer: '42', date: null, split: null },
  });
  assert.equal(prompts[1]?.group, 'made/up/2');
});

test('measurements keep what was not recorded as null', async () => {
  const [first] = await collect(readOutcomes(folder));
  assert.deepEqual(first, {
    source: 'made',
    dataset: 'up',
    promptId: '1',
    model: 'a',
    score: 1,
    inputTokens: null,
    outputTokens: 10,
    outputChars: null,
    costUsd: 0.5,
    latencySeconds: null,
  });
});

test('a wrong line is an error that names file, line and field', async () => {
  const bad = mkdtempSync(join(folder, 'bad-'));
  writeFileSync(join(bad, 'outcomes.jsonl'), lines([outcome('up', '1', { model: 'a', score: 1 }), { score: 2 }]));
  await assert.rejects(collect(readOutcomes(bad)), /outcomes\.jsonl:2: source: /);
  writeFileSync(join(bad, 'outcomes.jsonl'), lines([outcome('up', '1', { model: 'a', score: 1.5 })]));
  await assert.rejects(collect(readOutcomes(bad)), /outcomes\.jsonl:1: score: .*<=1/);
  writeFileSync(join(bad, 'outcomes.jsonl'), '\n{"source":');
  await assert.rejects(collect(readOutcomes(bad)), /outcomes\.jsonl:2: expected one JSON object/);
  writeFileSync(join(bad, 'prompts.jsonl.gz'), 'not gzip');
  await assert.rejects(collect(readPrompts(bad)), (error) => error instanceof DataError);
  await assert.rejects(collect(readPrompts(join(bad, 'nowhere'))), /expected prompts\.jsonl or prompts\.jsonl\.gz/);
});

test('a list of models gives one column each; aliases are merged; incomplete rows are left out and counted', async () => {
  const set = await load('list');
  assert.deepEqual(set.components, ['a', 'b']);
  assert.equal(set.incompleteRows, 1);
  assert.deepEqual(
    set.rows.map((row) => row.cells),
    [
      [
        // Two names of one model: mean of 1 and 0; output tokens are 10 and 80 / 4.
        { score: 0.5, answered: 2, cost: 1, outputTokens: 15 },
        { score: 0.5, answered: 1, cost: 2, outputTokens: null },
      ],
    ],
  );
});

test('prices per token use recorded tokens, else characters / 4', async () => {
  const [row] = (await load('deep')).rows;
  // b: 7 × 1 + 100 × 2 = 207; c: 40 / 4 × 3 + ceil(401 / 4) × 4 = 30 + 404 = 434.
  assert.deepEqual(
    row?.cells.map(({ cost }) => cost),
    [207e-6, 434e-6],
  );
});

test('recorded costs are means of what was recorded, and rows without one are incomplete', async () => {
  const set = await load('recorded');
  assert.equal(set.incompleteRows, 1);
  assert.equal(set.rows[0]?.cells[0]?.cost, 1);
});

test('fast and thinking lists by source give the mean of the models that answered', async () => {
  const set = await load('mixed');
  assert.deepEqual(set.components, ['fast', 'thinking']);
  assert.deepEqual(
    set.rows.map(({ prompt, cells }) => [prompt.dataset, ...cells.map(({ score, cost }) => [score, cost])]),
    [
      ['up', [0.5, 0.001], [0.5, 0.02]],
      ['down/deep', [1, 0.001], [0, 0.02]],
    ],
  );
});

test('definitions that cannot be used say why', async () => {
  await assert.rejects(load('nope'), /no set nope; it defines list, deep, recorded, mixed, prose/);
  await assert.rejects(load('prose'), /set prose: models must be a list of names/);
  await assert.rejects(
    loadSetDefinition({ file, set: 'prose', models: ['a', 'b', 'c'] }),
    /one cost for each of 3 models; given 2/,
  );
  const cost = { type: 'relative', units: [1, 2, 3] } as const;
  assert.equal((await loadSetDefinition({ file, set: 'prose', models: ['a', 'b', 'c'], cost })).columns.length, 3);
});

test('a source pattern matches whole names', () => {
  assert.ok(matchesSource('made/*', { source: 'made', dataset: 'a/b' }));
  assert.ok(matchesSource('made/up', { source: 'made', dataset: 'up' }));
  assert.ok(!matchesSource('made/*', { source: 'made2', dataset: 'up' }));
  assert.ok(!matchesSource('made/up', { source: 'made', dataset: 'upper' }));
});

const shared = join(import.meta.dirname, '../../../shared/data');

test(
  'the shared bench data loads whole',
  { skip: existsSync(join(shared, 'bench')) ? false : 'no ../shared/data here' },
  async () => {
    const definition = await loadSetDefinition({ file: join(shared, 'sets.json'), set: 'pareto-3' });
    const set = await loadOutcomeSet({ folders: [join(shared, 'bench')], definition });
    assert.equal(set.rows.length, 1791);
    assert.ok(set.rows.every(({ cells }) => cells.every(({ score, cost }) => score >= 0 && score <= 1 && cost > 0)));
  },
);
