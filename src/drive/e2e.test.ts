import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { assertNoLabels, toChatBody, type ChatClient } from './chat-client.ts';
import { runParallel } from './concurrency.ts';
import { askPrompts } from './e2e-ask.ts';
import { loadPromptSample } from './e2e-prompts.ts';
import { runE2e, type E2eOptions } from './e2e.ts';
import { renderE2e, toLedgerEntry } from './e2e-table.ts';
import { priceForCost } from './gateway-config.ts';
import { createProcessGroup, toChildEnvironment } from './processes.ts';

const packageRoot = join(import.meta.dirname, '..', '..');
const folder = mkdtempSync(join(tmpdir(), 'e2e-data-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const QUESTIONS = [
  'Hi, how are you?',
  'Prove that the sum of the first n odd numbers is a square, for every n.',
  'Translate "good morning" into French.',
  'Find all integer solutions of x^3 + y^3 = 91 and show that there are no others.',
];

/** 21 prompts of two sources; the last has the text of the first. */
const prompts = Array.from({ length: 21 }, (_, index) => ({
  source: index % 2 === 0 ? 'alpha' : 'beta',
  dataset: 'made-up',
  prompt_id: `p${index}`,
  prompt: `${QUESTIONS[(index % 20) % 4]} (${index % 20})`,
  group: `g${index % 10}`,
  answer: 'SECRET-LABEL',
  category: 'SECRET-LABEL',
}));

const outcomes = prompts.flatMap(({ source, dataset, prompt_id: promptId }, index) =>
  ['quick-1', 'quick-2', 'slow-1'].map((model) => ({
    source,
    dataset,
    prompt_id: promptId,
    model,
    score: model === 'slow-1' ? 1 : index % 2 === 0 ? 1 : Number(model === 'quick-1'),
    output_chars: 400,
  })),
);

const toLines = (rows: readonly object[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join('');

writeFileSync(join(folder, 'prompts.jsonl'), toLines(prompts));
writeFileSync(join(folder, 'outcomes.jsonl'), toLines(outcomes));
writeFileSync(
  join(folder, 'sets.json'),
  JSON.stringify({
    sets: [
      {
        id: 'mix-fast-thinking',
        fast_cost: 0.001,
        thinking_cost: 0.02,
        by_source: { 'alpha/made-up': {}, 'beta/made-up': {} },
      },
    ],
  }).replaceAll('{}', '{"fast":["quick-1","quick-2"],"thinking":["slow-1"]}'),
);

const options: E2eOptions = {
  packageRoot,
  environment: process.env,
  dataFolder: folder,
  setsFile: null,
  limit: 20,
  seed: 3,
  concurrency: 4,
  objective: 'balanced',
  resamples: 50,
  nowMs: 0,
  signal: new AbortController().signal,
  report: () => {},
};

test('prompts go through a real server and lab, and come back graded, recorded and open to outcomes', async () => {
  const result = await runE2e(options);
  assert.deepEqual(
    result.checks.filter(({ pass }) => !pass),
    [],
    JSON.stringify(result.failures),
  );
  assert.equal(result.checks.length, 12);
  assert.deepEqual(result.prompts, {
    complete: 21,
    left_out_same_text: 1,
    left_out_tools: 0,
    sampled: 20,
    asked: 20,
    answered: 20,
    streamed: result.prompts.streamed,
  });
  assert.ok(result.prompts.streamed > 2 && result.prompts.streamed < 18);
  assert.equal(result.partial, false);
  assert.match(result.router ?? '', /^default@/);
  const row = (policy: string) => result.rows.find((each) => each.policy === policy);
  // Fast scores 1 on even prompts and .5 on odd ones; thinking always 1.
  assert.equal(row('fast')?.quality.value, 0.75);
  assert.equal(row('thinking')?.quality.value, 1);
  assert.equal(row('oracle')?.share['thinking'], 0.5);
  assert.ok(Math.abs((row('thinking')?.cost_usd.value ?? 0) - 0.02) < 1e-12);
  const subject = row('learned');
  const share = subject?.share['thinking'] ?? -1;
  assert.ok(share > 0 && share < 1, `share ${share}`);
  assert.equal(share, result.components['thinking']?.share);
  const quality = Object.values(result.components).reduce((sum, each) => sum + each.share * (each.quality ?? 0), 0);
  assert.ok(Math.abs(quality - (subject?.quality.value ?? 0)) < 1e-12);
  assert.deepEqual(Object.keys(result.by_source), ['alpha', 'beta']);
  const markdown = renderE2e(result);
  assert.match(markdown, /\| learned \|/);
  assert.doesNotMatch(markdown + JSON.stringify(result), /SECRET-LABEL|NaN|undefined/);
  assert.equal(JSON.parse(JSON.stringify(toLedgerEntry(result))).n, 20);
});

test('an interrupted run keeps what was done, and does not begin the rest', async () => {
  const controller = new AbortController();
  const { set } = await loadPromptSample({ folder, setsFile: null, limit: 20, seed: 3 });
  let begun = 0;
  const client: ChatClient = {
    ask: () => {
      begun += 1;
      if (begun === 5) {
        controller.abort();
      }
      return Promise.reject(new Error('the server is away'));
    },
  };
  const asked = await askPrompts({ ...options, client, rows: set.rows, signal: controller.signal });
  assert.equal(asked.length, begun);
  assert.ok(begun >= 5 && begun < 10, `begun ${begun}`);
  assert.deepEqual(
    new Set(asked.map((each) => each.type === 'unanswered' && each.message)),
    new Set(['the server is away']),
  );
});

test('a sample is the same for the same seed, and another for another', async () => {
  const idsOf = async (seed: number): Promise<readonly string[]> => {
    const { set } = await loadPromptSample({ folder, setsFile: null, limit: 10, seed });
    return set.rows.map(({ prompt }) => prompt.promptId);
  };
  assert.deepEqual(await idsOf(1), await idsOf(1));
  assert.notDeepEqual(await idsOf(1), await idsOf(2));
  assert.equal(new Set(await idsOf(1)).size, 10);
});

test('a request holds the prompt and nothing else', () => {
  const body = toChatBody({ prompt: 'question', tools: [] }, 'auto');
  assert.deepEqual(body, { model: 'auto', messages: [{ role: 'user', content: 'question' }] });
  assert.throws(() => assertNoLabels({ ...body, metadata: { source: 'x' } }), /would carry metadata, source/);
});

test('driven processes see no key, no proxy and no real home', () => {
  const environment = {
    PATH: '/bin',
    OPENAI_API_KEY: 'k',
    HTTPS_PROXY: 'p',
    HOME: '/root',
    GEARBOX_CONFIG: 'c',
    PORT: '1',
  };
  assert.deepEqual(toChildEnvironment(environment, '/tmp/x'), {
    PATH: '/bin',
    HOME: '/tmp/x',
    USERPROFILE: '/tmp/x',
    GEARBOX_HOME: join('/tmp/x', 'state'),
    NODE_NO_WARNINGS: '1',
  });
});

test('a process that cannot start is reported with what it printed, and leaves nothing behind', async () => {
  const group = await createProcessGroup({ PATH: process.env['PATH'] });
  const script = await group.writeFile('broken.mjs', 'console.error("no luck"); process.exit(4);');
  await assert.rejects(group.start({ name: 'broken', command: [script] }), /broken ended with exit code 4 .*no luck/s);
  await group.close();
  assert.equal(existsSync(group.folder), false);
});

test('a driven process says what it uses, and ends with its group', async () => {
  const group = await createProcessGroup({ PATH: process.env['PATH'] });
  const script = await group.writeFile(
    'busy.mjs',
    `const end = Date.now() + 100; while (Date.now() < end);
     console.log(JSON.stringify({ url: 'http://127.0.0.1:1', pid: process.pid })); setInterval(() => {}, 1000);`,
  );
  const driven = await group.start({ name: 'busy', command: [script] });
  const { cpuMicroseconds, rssBytes, heapBytes } = await driven.usage({ collect: true });
  assert.ok(cpuMicroseconds > 50_000 && rssBytes > heapBytes && heapBytes > 1e6);
  await group.close();
  await assert.rejects(driven.usage(), /busy ended/);
});

test('prices make a call of the mean size cost what it should', () => {
  const { input, output } = priceForCost(0.02, { inputTokens: 1_000, outputTokens: 250 });
  assert.deepEqual({ input, output }, { input: 10, output: 40 });
});

test('parallel work is bounded, in order, and stops when told', async () => {
  const controller = new AbortController();
  let running = 0;
  let most = 0;
  const results = await runParallel({
    items: [1, 2, 3, 4, 5, 6, 7, 8],
    concurrency: 3,
    signal: controller.signal,
    run: async (item) => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setTimeout(resolve, 1));
      running -= 1;
      if (item === 4) {
        controller.abort();
      }
      return item * 10;
    },
  });
  assert.equal(most, 3);
  assert.deepEqual(results.slice(0, 4), [10, 20, 30, 40]);
  assert.ok(results.length <= 6);
});
