/** Answer now: a person does not wait for a thinking component any longer, and a fast one answers in the same stream. */
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { after, before, test } from 'node:test';
import { createScript } from '../../src/lab/script.ts';
import { replayDecision } from '../../src/router/replay.ts';
import { validateChatStream } from '../contract/chat-stream-validator.ts';
import { readMessagesStream } from '../contract/messages-stream-validator.ts';
import { readResponsesStream } from '../contract/responses-stream-validator.ts';
import { send, startGearbox, toEvents, type Json, type TestGearbox } from './gearbox.ts';

const YAML = `
version: 1
providers:
  openai: { base_url: '{lab}/v1' }
  anthropic: { base_url: '{lab}' }
components:
  fast: { model: openai/gpt-6-luna, effort: none }
  thinking: { model: openai/gpt-5.5, effort: high }
models:
  auto: { components: [fast, thinking] }
  claude: { components: [quick, slow] }
  alone: { components: [thinking] }
`.replace(
  'models:',
  `  quick: { model: anthropic/claude-haiku-4.5, effort: none, role: fast }
  slow: { model: anthropic/claude-opus-5.5, effort: high, role: thinking }
models:`,
);

let gearbox: TestGearbox;

/** Thinks aloud for a long while before it says a word. */
const SLOW = {
  type: 'script',
  script: createScript({
    text: 'The long answer.',
    reasoning: 'step by step '.repeat(30),
    timing: { firstTokenMs: 0, tokensPerSecond: 0.02, tokensPerEvent: 1 },
  }),
} as const;

const FAST = {
  type: 'script',
  script: createScript({ text: 'Short.', timing: { firstTokenMs: 0, tokensPerSecond: 0, tokensPerEvent: 1 } }),
} as const;

before(async () => {
  gearbox = await startGearbox({
    yaml: YAML,
    timeScale: 0.001,
    environment: { OPENAI_API_KEY: 'sk-test', ANTHROPIC_API_KEY: 'sk-ant-test' },
    models: {
      'gpt-6-luna': FAST,
      'gpt-5.5': SLOW,
      'claude-haiku-4-5': FAST,
      'claude-haiku-4.5': FAST,
      'claude-opus-5-5': SLOW,
      'claude-opus-5.5': SLOW,
    },
  });
});

after(() => gearbox.close());

interface Reading {
  readonly decisionId: string;
  readonly text: () => string;
  readonly ended: Promise<string>;
  readonly leave: () => void;
}

/** A stream of which something may still be coming. */
const open = async (path: string, body: Json): Promise<Reading> => {
  const leaving = new AbortController();
  const response = await fetch(`${gearbox.url}${path}`, {
    method: 'POST',
    signal: leaving.signal,
    headers: { 'content-type': 'application/json', 'anthropic-version': '2023-06-01' },
    body: JSON.stringify({ ...body, stream: true }),
  });
  assert.equal(response.status, 200);
  let text = '';
  const read = async (): Promise<string> => {
    const decoder = new TextDecoder();
    for await (const chunk of response.body ?? []) text += decoder.decode(chunk as Uint8Array, { stream: true });
    return text;
  };
  const ended = read();
  const decisionId = response.headers.get('x-gearbox-decision') ?? '';
  return { decisionId, text: () => text, ended, leave: () => leaving.abort() };
};

const answerNow = (decisionId: string) =>
  send(`${gearbox.url}/v1/gearbox/decisions/${decisionId}/answer-now`, { method: 'POST' });

const until = async (reading: Reading, piece: string): Promise<void> => {
  while (!reading.text().includes(piece)) await sleep(5);
};

const HARD = 'Prove that for every prime p > 3 the number p^2 - 1 is divisible by 24, step by step.';

test('chat: reasoning stays, the fast answer follows under the same id, and the last event says who gave it', async () => {
  const reading = await open('/v1/chat/completions', {
    model: 'auto',
    stream_options: { include_usage: true },
    messages: [{ role: 'user', content: HARD }],
  });
  await until(reading, 'step');
  const accepted = await answerNow(reading.decisionId);
  assert.deepEqual([accepted.status, accepted.json.component], [200, 'fast'], accepted.text);
  const text = await reading.ended;
  const { ending, choices } = validateChatStream(text, { includeUsage: true, rules: 'specified' });
  assert.equal(ending, 'done');
  assert.deepEqual([choices.get(0)?.content, choices.get(0)?.finish], ['Short.', 'stop']);
  assert.match(choices.get(0)?.reasoning ?? '', /^step/);
  const events = toEvents(text);
  assert.equal(new Set(events.map(({ id }: Json) => id)).size, 1);
  const told = events.findLast((event: Json) => event.gearbox !== undefined)?.gearbox;
  assert.deepEqual([told.component, told.chosen_by, told.model], ['fast', 'user', 'openai/gpt-6-luna']);
  assert.deepEqual(
    told.attempts.map(({ deployment, result }: Json) => [deployment, result]),
    [
      ['openai/gpt-5.5', 'cancelled'],
      ['openai/gpt-6-luna', 'ok'],
    ],
  );
  const costs = told.attempts.map(({ cost_usd: cost }: Json) => cost);
  assert.ok(Math.abs(told.cost_usd - (costs[0] + costs[1])) < 1e-9, 'both attempts are paid for');
});

test('messages: the open thought is closed, and blocks go on being numbered', async () => {
  const reading = await open('/v1/messages', {
    model: 'claude',
    max_tokens: 9_000,
    messages: [{ role: 'user', content: HARD }],
  });
  await until(reading, 'thinking_delta');
  assert.equal((await answerNow(reading.decisionId)).status, 200);
  const { ending, blocks } = readMessagesStream(await reading.ended);
  assert.equal(ending, 'stop');
  assert.deepEqual(
    blocks.map(({ type }) => type),
    ['thinking', 'text'],
  );
  assert.equal(blocks[1]?.text, 'Short.');
});

test('responses: the thought becomes an item that is done, and the last event repeats all of it', async () => {
  const reading = await open('/v1/responses', { model: 'auto', input: HARD, reasoning: { summary: 'auto' } });
  await until(reading, 'reasoning_summary_text.delta');
  assert.equal((await answerNow(reading.decisionId)).status, 200);
  const { ending, last } = readResponsesStream(await reading.ended);
  assert.equal(ending, 'completed');
  const output = (last as Json).output;
  assert.deepEqual(
    output.map(({ type }: Json) => type),
    ['reasoning', 'message'],
  );
  assert.equal(output[1].content[0].text, 'Short.');
});

test('across protocols: a Messages client whose thought came through Chat Completions gets the rest all the same', async () => {
  const reading = await open('/v1/messages', {
    model: 'auto',
    max_tokens: 9_000,
    messages: [{ role: 'user', content: HARD }],
  });
  await until(reading, 'thinking_delta');
  assert.equal((await answerNow(reading.decisionId)).status, 200);
  const { ending, blocks } = readMessagesStream(await reading.ended);
  assert.deepEqual([ending, blocks.at(-1)?.text], ['stop', 'Short.']);
});

test('an answer of which a word was sent is given to its end: 409', async () => {
  const reading = await open('/v1/chat/completions', {
    model: 'auto',
    messages: [
      {
        role: 'user',
        content: `[[lab:ok text="One two three four five six" ttft_ms=0 tokens_per_second=0.05]] ${HARD}`,
      },
    ],
    reasoning_effort: 'high',
  });
  await until(reading, '"content":"One');
  const refused = await answerNow(reading.decisionId);
  assert.deepEqual([refused.status, refused.json.error.code], [409, 'answer_visible'], refused.text);
  assert.ok((await reading.ended).includes('six'));
});

test('where nobody else could answer it is 409, what is not under way is 404, another method 405', async () => {
  const alone = await open('/v1/chat/completions', { model: 'alone', messages: [{ role: 'user', content: HARD }] });
  await until(alone, 'step');
  const refused = await answerNow(alone.decisionId);
  assert.deepEqual([refused.status, refused.json.error.code], [409, 'no_faster_component']);
  assert.equal((await answerNow('dec_01KAR3Q8ZC5V9M7T2H4N6PXWYB')).status, 404);
  const url = `${gearbox.url}/v1/gearbox/decisions/${alone.decisionId}/answer-now`;
  assert.equal((await send(url)).status, 405);
  alone.leave();
  await assert.rejects(alone.ended);
});

test('what became of it is an outcome, and the decision is replayed as it was made', async () => {
  await gearbox.gearbox.store.flush();
  const handed = gearbox.ended.filter(({ handedTo }) => handedTo !== null);
  assert.ok(handed.length >= 4);
  for (const { decided } of handed) {
    const stored = await gearbox.gearbox.reader.decision(decided.id);
    assert.ok(stored);
    const row: Json = JSON.parse(stored.decision.json);
    assert.equal(row.handed_to.why, 'answer_now');
    assert.deepEqual(
      stored.outcomes.map(({ kind }) => kind),
      ['answer_now'],
    );
    const { policies } = gearbox.gearbox.snapshot();
    const loadComponents = () => Promise.resolve(gearbox.gearbox.pool().components);
    assert.deepEqual(await replayDecision(stored.decision, { policies: policies.byVersion, loadComponents }), {
      type: 'identical',
    });
  }
});
