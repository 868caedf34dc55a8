/** Streams that take their time: comments in silence, the finish that waits for usage, ends that never come. */
import assert from 'node:assert/strict';
import type { RequestListener, ServerResponse } from 'node:http';
import { after, before, it } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { validateChatStream, type ChatStreamSummary } from '../contract/chat-stream-validator.ts';
import { post, startRig, toBody, type Rig } from './fault-rig.ts';

const TIMING = { usageWaitMs: 60, askedUsageWaitMs: 1_000, keepAliveMs: 80 };

type Script = (response: ServerResponse) => Promise<void>;

const chunk = (delta: object, finish: string | null = null): string =>
  `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'fast', choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`;
const ROLE = chunk({ role: 'assistant', content: '' });
const WORD = chunk({ content: 'word ' });
const FINISH = chunk({}, 'stop');
const USAGE = `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'fast', choices: [], usage: { prompt_tokens: 1_000, completion_tokens: 2_000, total_tokens: 3_000 } })}\n\n`;
const DONE = 'data: [DONE]\n\n';

let script: Script = async () => {};
const upstream: RequestListener = (request, response) => {
  request.resume();
  request.on('end', () => void script(response));
};

let rig: Rig;

before(async () => {
  rig = await startRig({ upstream, timing: TIMING });
});

after(() => rig.close());

const begin = (response: ServerResponse): void => void response.writeHead(200, { 'content-type': 'text/event-stream' });

const run = async (next: Script): Promise<{ readonly text: string; readonly summary: ChatStreamSummary }> => {
  script = next;
  const { status, text } = await post(rig.url, toBody('auto/fast', 'Hello', true));
  assert.equal(status, 200);
  return { text, summary: validateChatStream(text, { includeUsage: false, rules: 'upstream' }) };
};

const lastCost = () => rig.ended.at(-1)?.attempts[0]?.cost;

it('bug-10: comments say how long a thought takes before its first event, and the answer is whole', async () => {
  const { text, summary } = await run(async (response) => {
    await wait(300);
    begin(response);
    response.end(ROLE + WORD + FINISH + USAGE + DONE);
  });
  const comments = text.split('\n\n').filter((block) => block.startsWith(':'));
  assert.ok(comments.length >= 2, text);
  for (const comment of comments) assert.match(comment, /^: gearbox fast \d+s$/);
  assert.ok(text.startsWith(':'), 'the first comes before any event');
  assert.equal(summary.ending, 'done');
  assert.equal(summary.gearbox.length, 2);
  assert.equal(rig.ended.at(-1)?.result, 'ok');
  assert.equal(lastCost()?.source, 'usage');
  assert.ok((rig.ended.at(-1)?.overheadMs ?? -1) >= 0);
});

it('comments come in a silence in the middle too, and stop with the answer', async () => {
  const { text, summary } = await run(async (response) => {
    begin(response);
    response.write(ROLE + WORD);
    await wait(220);
    response.end(WORD + FINISH + USAGE + DONE);
  });
  const blocks = text.split('\n\n');
  const positions = blocks.flatMap((block, index) => (block.startsWith(':') ? [index] : []));
  assert.ok(positions.length >= 2 && positions.every((position) => position >= 2 && position < blocks.length - 3));
  assert.equal(summary.choices.get(0)?.content, 'word word ');
});

it('a refusal that comes after the first comment is one error event in the stream', async () => {
  const { text, summary } = await run(async (response) => {
    await wait(200);
    response.writeHead(401, { 'content-type': 'application/json' });
    response.end('{"error":{"message":"bad key","type":"authentication_error","code":"invalid_api_key"}}');
  });
  assert.equal(summary.ending, 'error');
  assert.equal(summary.chunks, 0);
  assert.match(text, /upstream_auth/);
  assert.equal(rig.ended.at(-1)?.result, 'failed');
  assert.equal(lastCost()?.microUsd, 0);
});

it('the finish waits for usage, which comes in an event of its own', async () => {
  const { text, summary } = await run(async (response) => {
    begin(response);
    response.write(ROLE + WORD + FINISH);
    await wait(25);
    response.end(USAGE + DONE);
  });
  assert.equal(summary.choices.get(0)?.finish, 'stop');
  assert.match(text, /"cost_source":"usage"/);
});

it('usage that comes later than the wait is in the record, and the finish did not wait for it', async () => {
  let released = '';
  const { text } = await run(async (response) => {
    begin(response);
    response.write(ROLE + WORD + FINISH);
    await wait(200);
    response.end(USAGE + DONE);
  });
  released = text;
  assert.match(released, /"cost_source":"estimate"/);
  assert.match(released, /estimate_used/);
  assert.equal(lastCost()?.source, 'usage');
  // 1,000 × $10 and 2,000 × $20 per million tokens.
  assert.equal(lastCost()?.microUsd, 50_000);
});

it('a client that asked for usage gets it in the last event with the final object, even if it comes late', async () => {
  script = async (response) => {
    begin(response);
    response.write(ROLE + WORD + FINISH);
    await wait(200);
    response.end(USAGE + DONE);
  };
  const body = JSON.parse(toBody('auto/fast', 'Hello', true));
  const { text } = await post(rig.url, JSON.stringify({ ...body, stream_options: { include_usage: true } }));
  validateChatStream(text, { includeUsage: true, rules: 'upstream' });
  const last = text.split('\n\n').findLast((block) => block.startsWith('data: {'));
  const { usage, gearbox } = JSON.parse(last?.slice('data: '.length) ?? '{}');
  assert.equal(usage.total_tokens, 3_000);
  assert.deepEqual([gearbox.cost_usd, gearbox.cost_source], [0.05, 'usage']);
  assert.doesNotMatch(text, /estimate_used/);
});

it('a client that asked for usage does not wait for ever', async () => {
  script = async (response) => {
    begin(response);
    response.write(ROLE + WORD + FINISH);
    await wait(4_000);
    response.end(DONE);
  };
  const body = JSON.parse(toBody('auto/fast', 'Hello', true));
  const startedAt = Date.now();
  const answer = await fetch(`${rig.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ ...body, stream_options: { include_usage: true } }),
  });
  let text = '';
  const decoder = new TextDecoder();
  for await (const bytes of answer.body ?? []) {
    text += decoder.decode(bytes, { stream: true });
    if (text.includes('"stop"')) break;
  }
  const waitedMs = Date.now() - startedAt;
  assert.ok(waitedMs >= 900 && waitedMs < 3_500, String(waitedMs));
});

it('an answer without any usage is estimated, with a warning', async () => {
  const { text, summary } = await run(async (response) => {
    begin(response);
    response.end(ROLE + WORD + FINISH + DONE);
  });
  assert.equal(summary.ending, 'done');
  assert.match(text, /estimate_used/);
  assert.equal(lastCost()?.source, 'estimate');
});

it('a missing [DONE] after a finish is a complete answer', async () => {
  const { summary } = await run(async (response) => {
    begin(response);
    response.end(ROLE + WORD + FINISH);
  });
  assert.equal(summary.ending, 'done');
  assert.equal(rig.ended.at(-1)?.result, 'ok');
});

it('bug-5: two answers asked for, both begun, one finished, then nothing: an error, not an end', async () => {
  script = async (response) => {
    begin(response);
    response.end(ROLE + ROLE.replace('"index":0', '"index":1') + WORD + FINISH);
  };
  const body = JSON.stringify({ ...JSON.parse(toBody('auto/fast', 'Hello', true)), n: 2 });
  const { text } = await post(rig.url, body);
  assert.match(text, /upstream_cut/);
  assert.ok(!text.includes('[DONE]'));
});

it('what upstream says after its end is not passed on', async () => {
  const { text, summary } = await run(async (response) => {
    begin(response);
    response.end(`${ROLE + WORD + FINISH + USAGE + DONE}data: {"error":{"message":"too late"}}\n\n`);
  });
  assert.equal(summary.ending, 'done');
  assert.ok(!text.includes('too late'));
});
