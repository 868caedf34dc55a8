import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { renderCompatibility, renderWire, toWireEntry } from './wire-table.ts';
import { runWire } from './wire.ts';
import { fromStream } from './wire-stream.ts';

const packageRoot = join(import.meta.dirname, '..', '..');

test('every conversion is run through real processes, and what it costs is beside its target', async () => {
  const result = await runWire({
    packageRoot,
    environment: process.env,
    rounds: 1,
    warmUpRounds: 1,
    requests: 4,
    concurrency: 4,
    slowStreams: 20,
    slowEventsPerSecond: 200,
    firstTokenRequests: 3,
    settleMs: 1,
    nowMs: 0,
    signal: new AbortController().signal,
    report: () => {},
  });
  const { matrix, cells, rows } = result;
  assert.equal(matrix.cells, 162);
  assert.deepEqual(
    cells.filter(({ result: found }) => found === 'failed'),
    [],
  );
  assert.equal(matrix.passed + matrix.emulated + matrix.impossible, matrix.cells);
  assert.ok(cells.every(({ result: found, detail }) => found !== 'emulated' || detail !== null));
  const slow = rows.find(({ unit }) => unit === 'streams');
  assert.deepEqual([slow?.measured, slow?.pass], [20, true]);
  assert.ok(rows.every(({ measured }) => Number.isFinite(measured)));
  assert.match(renderWire(result), /\| conversions that fail \| at most 0 \| 0 \| pass \|/);
  const agent = {
    agent: 'A',
    version: '1',
    protocol: 'Messages',
    result: 'failed',
    detail: 'why',
    requests: 2,
  } as const;
  const document = renderCompatibility(result, [agent]);
  assert.match(document, /\| A \| 1 \| Messages \| failed: why \| 2 \|/);
  assert.match(document, /\| custom tools \| – \| – \| – \|/);
  assert.match(document, /\| `openai` \| openai-chat, openai-responses \|/);
  assert.equal(JSON.parse(JSON.stringify(toWireEntry(result))).matrix.cells, 162);
});

test('a stream without its end is a failed one, in every protocol', () => {
  const chat = 'data: {"choices":[{"delta":{"content":"x"},"finish_reason":null}]}\n\n';
  assert.equal(fromStream('openai-chat', chat).ending, 'failed');
  assert.equal(fromStream('openai-chat', `${chat}data: [DONE]\n\n`).text, 'x');
  assert.equal(fromStream('openai-responses', 'data: {"type":"response.failed","response":{}}\n\n').ending, 'failed');
  assert.equal(fromStream('anthropic-messages', 'data: {"type":"message_start"}\n\n').ending, 'failed');
});
