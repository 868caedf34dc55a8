/**
 * Streams that break off, in every client protocol over every provider protocol: one end of the protocol's own kind that is
 * none of a whole answer, by the strict readers that know nothing of the renderers.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { UPSTREAMS } from '../../src/drive/wire-matrix.ts';
import { CLIENTS, PATHS, type MatrixClient } from '../../src/drive/wire-scenarios.ts';
import { createScript } from '../../src/lab/script.ts';
import { validateChatStream } from '../contract/chat-stream-validator.ts';
import { readMessagesStream } from '../contract/messages-stream-validator.ts';
import { readResponsesStream } from '../contract/responses-stream-validator.ts';
import { send, type Json, type TestGearbox } from '../e2e/gearbox.ts';
import { startUpstreams } from './upstreams.ts';

/** 25 ms from event to event, or on a busy machine the break arrives in one read with what came before it. */
const PACE = 'output_tokens=20 ttft_ms=2 tokens_per_second=40';

const BREAKS = [
  'reset after_bytes=1400',
  'cut after_events=7',
  'half-event after_events=7',
  'stream-error after_events=7',
];

let gearbox: TestGearbox;

before(async () => {
  const timing = { firstTokenMs: 0, tokensPerSecond: 40, tokensPerEvent: 1 };
  gearbox = await startUpstreams('auto', createScript({ text: 'Done.', timing }), 1);
});

after(() => gearbox.close());

const BODIES: Readonly<Record<MatrixClient, (prompt: string) => Json>> = {
  'openai-chat': (content) => ({ messages: [{ role: 'user', content }], stream_options: { include_usage: true } }),
  'openai-responses': (input) => ({ input }),
  'anthropic-messages': (content) => ({ max_tokens: 2_000, messages: [{ role: 'user', content }] }),
};

interface Broken {
  /** As the client's protocol says that an answer failed. */
  readonly isFailed: boolean;
  readonly gearbox: Json;
  readonly message: string;
}

/** Of the last event. */
const lastData = (text: string): Json => JSON.parse(/data: (.*)\n\n$/.exec(text)?.[1] ?? 'null');

const READERS: Readonly<Record<MatrixClient, (text: string) => Broken>> = {
  'openai-chat': (text) => {
    const { ending, choices } = validateChatStream(text, { includeUsage: true, rules: 'upstream' });
    const last = lastData(text);
    const isFailed = ending === 'error' && choices.get(0)?.finish === null && !text.includes('[DONE]');
    return { isFailed, gearbox: last.gearbox, message: last.error?.message };
  },
  'openai-responses': (text) => {
    const { ending, last } = readResponsesStream(text);
    const response = last as Json;
    return { isFailed: ending === 'failed', gearbox: response.gearbox, message: response.error?.message };
  },
  'anthropic-messages': (text) => {
    const { ending, last } = readMessagesStream(text);
    const { error, gearbox: told } = lastData(text);
    return { isFailed: ending === 'error' && last === null, gearbox: told, message: error?.message };
  },
};

for (const client of CLIENTS)
  for (const upstream of UPSTREAMS)
    for (const script of BREAKS)
      test(`${client} over ${upstream}: a stream that breaks by ${script} ends once, as failed`, async () => {
        const count = gearbox.ended.length;
        const { status, text } = await send(gearbox.url + PATHS[client], {
          headers: client === 'anthropic-messages' ? { 'anthropic-version': '2023-06-01' } : {},
          body: {
            model: `auto/${upstream}`,
            stream: true,
            ...BODIES[client](`Tell me about boats. [[lab:${script} ${PACE}]]`),
          },
        });
        assert.equal(status, 200, text);
        const broken = READERS[client](text);
        assert.ok(broken.isFailed, text);
        assert.ok(broken.message.length > 0);
        await gearbox.gearbox.store.flush();
        assert.equal(gearbox.ended.length, count + 1, 'one request, one record');
        const ended = gearbox.ended.at(-1);
        assert.equal(ended?.result, 'failed');
        assert.equal(broken.gearbox.decision_id, ended?.decided.id);
        assert.ok((ended?.attempts[0]?.cost.microUsd ?? 0) > 0, 'what was seen has a price');
      });
