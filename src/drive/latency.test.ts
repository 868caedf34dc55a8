import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { createRandom } from '../math/random.ts';
import { createBodies, createLoad, STREAMED_ANSWER, toPrompt, WHOLE_ANSWER } from './latency-load.ts';
import { runLatency } from './latency.ts';
import { renderLatency, toLatencyEntry } from './latency-table.ts';
import { loadWarning, readMachineFacts } from './machine.ts';
import { createProcessGroup, siblingModule } from './processes.ts';
import { writeResultFiles } from './result-files.ts';

const packageRoot = join(import.meta.dirname, '..', '..');
const folder = mkdtempSync(join(tmpdir(), 'latency-results-'));
after(() => rmSync(folder, { recursive: true, force: true }));

test('every measure is taken from real processes, with its target beside it', async () => {
  const result = await runLatency({
    packageRoot,
    environment: process.env,
    rounds: 1,
    warmUpRounds: 1,
    requests: 10,
    concurrency: 4,
    decisions: 3,
    memoryRequests: 20,
    starts: 1,
    settleMs: 1,
    nowMs: 0,
    signal: new AbortController().signal,
    report: () => {},
  });
  assert.deepEqual(
    result.rows.map(({ name, target }) => [name, target]),
    [
      ['CPU of auto/fast, recorded', 1.5],
      ['CPU of auto, routed by rules', 1.8],
      ['CPU of auto, routed by what was learned', null],
      ['CPU of a 50-event stream', 2],
      ['decision p50 at 400 characters', 0.15],
      ['decision p99 at 100000 characters', 2],
      ['wall time added to a request, p50', null],
      ['RSS after 20 requests', 1.8],
      ['heap growth from request 2 to 20', 5],
      ['exec to first answered /healthz', 1_000],
    ],
  );
  for (const { name, target, measured, pass } of result.rows) {
    assert.ok(Number.isFinite(measured), name);
    assert.equal(pass, target === null ? null : measured <= target, name);
  }
  const [first] = result.ratios;
  assert.equal(first?.rounds.length, 1);
  assert.ok((first?.rounds[0]?.bare_us ?? 0) > 10);
  const markdown = renderLatency(result);
  assert.match(markdown, /\| CPU of auto\/fast, recorded \| 1\.5 × \|/);
  const entry = toLatencyEntry(result);
  const files = { folder: join(folder, 'new'), name: 'latency', result, markdown, entry };
  const [json = '', table = '', ledger = ''] = await writeResultFiles(files);
  await writeResultFiles(files);
  assert.deepEqual(JSON.parse(readFileSync(json, 'utf8')), JSON.parse(JSON.stringify(result)));
  assert.ok(existsSync(table));
  assert.equal(readFileSync(ledger, 'utf8').trim().split('\n').length, 2, 'the ledger keeps every run');
});

test('a streamed answer has 50 events, and the bare proxy hands on every byte of it', async () => {
  const group = await createProcessGroup(process.env);
  const load = createLoad();
  try {
    const lab = await group.start({
      name: 'lab',
      command: [join(packageRoot, 'bin', 'gearbox.mjs'), 'lab', '--json', '--port', '0', '--time-scale', '0'],
    });
    const bare = await group.start({ name: 'bare', command: [siblingModule('bare-proxy'), '--upstream', lab.url] });
    const [body = ''] = createBodies({ model: 'fast', chars: 400, stream: true, seed: 1, count: 1 });
    const { text } = await load.send(bare.url, body);
    assert.equal(text.match(/^data: /gm)?.length, 50);
    const direct = await load.send(lab.url, body);
    const plain = (given: string): string => given.replaceAll(/"(id|created)":("[^"]*"|\d+)/g, '');
    assert.equal(plain(text), plain(direct.text));
    const [whole = ''] = createBodies({ model: 'no-such-model', chars: 400, stream: false, seed: 1, count: 1 });
    await assert.rejects(load.send(bare.url, whole), /expected status 200, given 404/);
  } finally {
    await load.close();
    await group.close();
  }
});

test('prompts have exactly the length that is measured, and differ', () => {
  const random = createRandom(1);
  const first = toPrompt(400, random, WHOLE_ANSWER);
  const second = toPrompt(400, random, STREAMED_ANSWER);
  assert.equal(first.length, 400);
  assert.equal(second.length, 400);
  assert.ok(first.endsWith(WHOLE_ANSWER));
  assert.notEqual(first.slice(0, 200), second.slice(0, 200));
});

test('a busy machine is named, a quiet one is not', () => {
  const machine = { ...readMachineFacts(), cores: 4 };
  assert.equal(loadWarning({ ...machine, load_average: 1.9 }), null);
  assert.match(loadWarning({ ...machine, load_average: 2.1 }) ?? '', /load average 2\.1 on 4 cores/);
});
