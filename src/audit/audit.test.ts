import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { loadCatalog } from '../catalog/load.ts';
import { DataError } from '../errors.ts';
import { runAudit, type Audit } from './audit.ts';
import type { AuditFormat } from './format.ts';

const root = join(import.meta.dirname, '../..');
const catalog = await loadCatalog(join(root, 'models'));

let folder: string;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'audit-'));
});

after(() => rm(folder, { recursive: true, force: true }));

const audit = (path: string, format: AuditFormat | 'auto' = 'auto'): Promise<Audit> =>
  runAudit({ path, format, catalog, signal: new AbortController().signal, onFile: () => {} });

const write = async (name: string, lines: readonly unknown[]): Promise<string> => {
  const path = join(folder, name);
  await writeFile(path, lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n'));
  return path;
};

const PRICE = catalog.models.get('anthropic/claude-opus-5.5')?.price?.base;
assert.ok(PRICE !== undefined && PRICE.cacheRead !== null && PRICE.cacheWrite !== null);

const answer = (id: string, content: unknown, usage: object) => ({
  type: 'assistant',
  sessionId: 's',
  timestamp: '2026-11-02T10:00:00Z',
  message: { id, role: 'assistant', model: 'claude-opus-5.5', content: [content], usage },
});
const USAGE = { input_tokens: 10, cache_read_input_tokens: 900, cache_creation_input_tokens: 90, output_tokens: 50 };
const said = (content: unknown) => ({ type: 'user', sessionId: 's', message: { role: 'user', content } });

const CLAUDE_CODE = [
  { type: 'summary', sessionId: 's', summary: 'x' },
  said('Fix the login test'),
  answer('m1', { type: 'thinking', thinking: '', signature: 'x' }, { ...USAGE, output_tokens: 1 }),
  answer('m1', { type: 'tool_use', id: 't1', name: 'Read', input: {} }, USAGE),
  said([{ type: 'tool_result', tool_use_id: 't1', content: 'file' }]),
  answer('m2', { type: 'text', text: 'Done' }, USAGE),
];

test('a call of Claude Code that is told over several lines is counted once, with its last usage', async () => {
  const { bill, formats } = await audit(await write('claude.jsonl', CLAUDE_CODE));
  assert.deepEqual([...formats], [['claude-code', 1]]);
  assert.equal(bill.total.calls, 2);
  assert.equal(bill.parts.output.tokens, 100);
});

test('costs are exact: every kind of token at its own list price', async () => {
  const { bill } = await audit(await write('exact.jsonl', CLAUDE_CODE));
  assert.equal(bill.parts.freshInput.picoUsd, BigInt(2 * 10 * PRICE.input));
  assert.equal(bill.parts.cacheRead.picoUsd, BigInt(2 * 900 * (PRICE.cacheRead ?? 0)));
  assert.equal(bill.parts.cacheWrite.picoUsd, BigInt(2 * 90 * (PRICE.cacheWrite ?? 0)));
  assert.equal(bill.parts.output.picoUsd, BigInt(2 * 50 * PRICE.output));
  const sum = Object.values(bill.parts).reduce((total, { picoUsd }) => total + picoUsd, 0n);
  assert.equal(sum, bill.total.picoUsd);
});

test('what begins a turn on a warm cache and what answers a tool are told apart', async () => {
  const { bill } = await audit(await write('turns.jsonl', CLAUDE_CODE));
  assert.equal(bill.situations.warm.calls, 1);
  assert.equal(bill.situations.loop.calls, 1);
  assert.deepEqual(
    [...bill.types.values()].map(({ calls }) => calls),
    [1],
  );
});

const count = (total: number) => ({
  timestamp: '2026-11-02T10:00:01Z',
  type: 'event_msg',
  payload: {
    type: 'token_count',
    info: {
      total_token_usage: { total_tokens: total },
      last_token_usage: {
        input_tokens: 1_000,
        cached_input_tokens: 400,
        output_tokens: 30,
        reasoning_output_tokens: 10,
      },
    },
  },
});
const item = (payload: object) => ({ timestamp: '2026-11-02T10:00:00Z', type: 'response_item', payload });
const CODEX = [
  { timestamp: '2026-11-02T10:00:00Z', type: 'session_meta', payload: { id: 'x' } },
  { timestamp: '2026-11-02T10:00:00Z', type: 'turn_context', payload: { model: 'gpt-5.5' } },
  item({ type: 'message', role: 'user', content: [{ type: 'input_text', text: '<environment_context>…' }] }),
  item({ type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Translate hello to French' }] }),
  item({ type: 'function_call', call_id: 'c', name: 'shell', arguments: '{}' }),
  count(1_030),
  count(1_030),
  item({ type: 'function_call_output', call_id: 'c', output: 'ok' }),
  count(2_060),
];

test('Codex repeats a count: it is one call; newer records of usage take the place of counts', async () => {
  const { bill } = await audit(await write('codex.jsonl', CODEX));
  assert.equal(bill.total.calls, 2);
  assert.deepEqual([bill.situations.cold.calls, bill.situations.loop.calls], [1, 1]);
  assert.equal(bill.parts.cacheRead.tokens, 800);
  const usage = { input_tokens: 7, output_tokens: 3 };
  const newer = [...CODEX, { timestamp: '2026-11-02T10:00:02Z', type: 'token_usage_record', payload: { usage } }];
  const { bill: second } = await audit(await write('codex-new.jsonl', newer));
  assert.equal(second.total.calls, 1);
  assert.equal(second.parts.output.tokens, 3);
});

test('rows of LiteLLM keep what was paid, and its own cache hits are no calls', async () => {
  const row = {
    request_id: 'r',
    model: 'openai/gpt-5.5',
    custom_llm_provider: 'openai',
    spend: 0.5,
    prompt_tokens: 100,
    completion_tokens: 10,
    startTime: '2026-11-02 10:00:00',
    metadata: JSON.stringify({ usage_object: { prompt_tokens_details: { cached_tokens: 40 } } }),
    messages: [{ role: 'user', content: 'Hello' }],
  };
  const path = join(folder, 'spend.json');
  await writeFile(path, JSON.stringify([row, { ...row, cache_hit: 'True' }, 'nonsense']));
  const { bill, unread } = await audit(path);
  assert.equal(bill.total.calls, 1);
  assert.equal(bill.models.get('openai/gpt-5.5')?.catalogId, 'openai/gpt-5.5');
  assert.equal(bill.models.get('openai/gpt-5.5')?.billedMicroUsd, 500_000);
  assert.equal(bill.parts.cacheRead.tokens, 40);
  assert.equal(
    [...unread.values()].reduce((sum, lines) => sum + lines, 0),
    1,
  );
});

test('an unknown model is unknown and never free', async () => {
  const line = { model: 'house-model', usage: { prompt_tokens: 5, completion_tokens: 5 } };
  const { bill } = await audit(await write('house.jsonl', [line]));
  assert.deepEqual([bill.total.calls, bill.total.unpriced, bill.total.picoUsd], [1, 1, 0n]);
  assert.equal(bill.unknownCosts.get('price'), 1);
});

test('broken lines are counted with their reason, and the rest is read; folders and gzip too', async () => {
  const inner = join(folder, 'many/deep');
  await mkdir(inner, { recursive: true });
  const good = JSON.stringify({ response: { model: 'gpt-5.5', usage: { prompt_tokens: 5, completion_tokens: 5 } } });
  await writeFile(join(inner, 'a.jsonl.gz'), gzipSync(`${good}\n{"half": \n${good}\n`));
  await writeFile(join(inner, 'b.txt'), 'not a log');
  const { bill, files, unread } = await audit(join(folder, 'many'));
  assert.deepEqual([bill.total.calls, files], [2, 1]);
  assert.deepEqual([...unread], [['the line is no JSON', 1]]);
});

test('a path that does not exist and a folder without logs are errors that say so', async () => {
  await assert.rejects(audit(join(folder, 'nowhere')), /expected a file or folder with logs/);
  await mkdir(join(folder, 'empty'));
  await assert.rejects(audit(join(folder, 'empty')), /end in \.jsonl/);
});

test('the example that ships with the package is read whole', async () => {
  const { bill, unread } = await audit(join(root, 'examples/audit.jsonl'));
  assert.equal(unread.size, 0);
  assert.ok(bill.total.calls > 80 && bill.situations.loop.calls > 20);
});

test('a file that cannot be read to its end is named, and the others and what stood before its end count', async () => {
  const path = join(folder, 'damaged');
  await mkdir(path);
  const lines = CLAUDE_CODE.map((line) => JSON.stringify(line)).join('\n');
  const packed = gzipSync(Buffer.from(lines));
  await writeFile(join(path, 'a.jsonl'), lines);
  await writeFile(join(path, 'b.jsonl.gz'), packed.subarray(0, packed.length / 2));
  await writeFile(join(path, 'c.jsonl.gz'), 'hello');
  await writeFile(join(path, 'd.json'), '[{"a": 1},');
  const { bill, unreadFiles } = await audit(path);
  assert.ok(bill.total.calls >= 2);
  assert.deepEqual(
    [...unreadFiles.keys()].map((file) => file.slice(path.length + 1)),
    ['b.jsonl.gz', 'c.jsonl.gz', 'd.json'],
  );
  assert.match(unreadFiles.get(join(path, 'c.jsonl.gz')) ?? '', /header/);
});

test('a file that is asked for by itself and cannot be read is an error that names it', async () => {
  const path = join(folder, 'alone.jsonl.gz');
  await writeFile(path, 'hello');
  await assert.rejects(audit(path), (error) => error instanceof DataError && error.message.startsWith(path));
});

test('a folder that links to itself counts every file once', async () => {
  const path = join(folder, 'linked');
  await mkdir(path);
  await writeFile(join(path, 'a.jsonl'), CLAUDE_CODE.map((line) => JSON.stringify(line)).join('\n'));
  await symlink('.', join(path, 'self'));
  const { bill, files } = await audit(path);
  assert.deepEqual([files, bill.total.calls], [1, 2]);
});

test('a byte order mark hides no line', async () => {
  const lines = CLAUDE_CODE.slice(2, 3).map((line) => JSON.stringify(line));
  const { bill, unread } = await audit(await write('marked.jsonl', [`\uFEFF${lines.join('\n')}`]));
  assert.deepEqual([bill.total.calls, unread.size], [1, 0]);
});
