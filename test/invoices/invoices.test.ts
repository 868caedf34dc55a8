/**
 * Golden invoices: usage as providers report it, in every shape seen in their documentation and recorded replies, and what
 * it costs at $3 in, $15 out, $0.30 read, $3.75 and $6 written per million tokens. The amounts were worked out apart from
 * this code, from the counts.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { UpstreamProtocol } from '../../src/canonical/protocol.ts';
import { toCost } from '../../src/catalog/cost.ts';
import type { ModelPrice } from '../../src/catalog/model.ts';
import { anthropicProtocol } from '../../src/providers/anthropic/protocol.ts';
import { openaiCompatibleProtocol } from '../../src/providers/openai-compatible/protocol.ts';
import { openaiResponsesProtocol } from '../../src/providers/openai-responses/protocol.ts';
import type { Json } from '../e2e/gearbox.ts';

interface Payload {
  readonly title: string;
  readonly protocol: Exclude<UpstreamProtocol, 'gemini'>;
  readonly usage: Json;
  readonly service_tier?: string;
  readonly bill: Json;
}

const payloads = JSON.parse(readFileSync(join(import.meta.dirname, 'payloads.json'), 'utf8')) as readonly Payload[];

const PRICE: ModelPrice = {
  base: {
    input: 3_000_000,
    output: 15_000_000,
    cacheRead: 300_000,
    cacheWrite: 3_750_000,
    cacheWriteOneHour: 6_000_000,
  },
  contextTiers: [],
  serviceTiers: [],
};

const PROTOCOLS = {
  'openai-chat': openaiCompatibleProtocol,
  'openai-responses': openaiResponsesProtocol,
  'anthropic-messages': anthropicProtocol,
} as const;

/** A whole answer around the usage, so that it goes the way of every answer. */
const BODIES: Readonly<Record<Payload['protocol'], (payload: Payload) => object>> = {
  'openai-chat': ({ usage, service_tier }) => ({
    id: 'c',
    object: 'chat.completion',
    model: 'm',
    choices: [{ index: 0, message: { role: 'assistant', content: 'x' }, finish_reason: 'stop' }],
    usage,
    ...(service_tier === undefined ? {} : { service_tier }),
  }),
  'openai-responses': ({ usage, service_tier }) => ({
    id: 'r',
    object: 'response',
    model: 'm',
    status: 'completed',
    output: [{ type: 'message', content: [{ type: 'output_text', text: 'x' }] }],
    usage,
    ...(service_tier === undefined ? {} : { service_tier }),
  }),
  'anthropic-messages': ({ usage }) => ({
    id: 'm',
    type: 'message',
    role: 'assistant',
    model: 'm',
    content: [{ type: 'text', text: 'x' }],
    stop_reason: 'end_turn',
    usage,
  }),
};

test('bug-55: there are at least forty payloads, over all protocols', () => {
  assert.ok(payloads.length >= 40);
  assert.equal(new Set(payloads.map(({ protocol }) => protocol)).size, 3);
});

for (const payload of payloads) {
  test(`${payload.protocol}, ${payload.title}`, () => {
    const protocol = PROTOCOLS[payload.protocol];
    const text = JSON.stringify(BODIES[payload.protocol](payload));
    const { usage } = protocol.fromWire(text);
    const cost = toCost(usage, PRICE, usage.serviceTier);
    const { bill } = payload;
    if (bill.unknown !== undefined) {
      assert.deepEqual(cost.type === 'unknown' ? cost.reason : cost, bill.unknown);
      return;
    }
    assert.deepEqual(cost, { type: 'known', microUsd: bill.micro_usd });
    assert.equal(usage.outputTokens, bill.output);
    const parts = bill.fresh + bill.cache_read + bill.cache_write + bill.cache_write_one_hour;
    assert.equal(usage.inputTokens, parts);
    assert.deepEqual(usage.raw, payload.usage, 'the raw object is kept');
    const reader = protocol.createStreamReader('full');
    const streamed = protocol
      .toEvents(text)
      .flatMap(({ event, data }) => reader.read(event, data).parts)
      .findLast((part) => part.type === 'usage');
    assert.deepEqual(
      toCost(streamed?.usage ?? usage, PRICE, streamed?.usage.serviceTier ?? null),
      cost,
      'streamed too',
    );
  });
}
