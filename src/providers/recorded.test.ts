import { strict as assert } from 'node:assert';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import * as fc from 'fast-check';
import type { StreamPart, StreamReaderMode } from '../canonical/stream-part.ts';
import { ProviderError } from '../errors.ts';
import { createSseParser } from '../sse/parser.ts';
import { renderEvent } from '../sse/writer.ts';
import { anthropicProtocol } from './anthropic/protocol.ts';
import { openaiCompatibleProtocol } from './openai-compatible/protocol.ts';
import { openaiResponsesProtocol } from './openai-responses/protocol.ts';
import type { ProviderProtocol } from './provider.ts';

const RECORDED = join(import.meta.dirname, '../../../shared/fixtures/recorded');
const skip = existsSync(RECORDED) ? false : 'the recorded replies are not here';

interface Recorded {
  readonly name: string;
  readonly text: string;
  readonly protocol: ProviderProtocol;
}

const protocolOf = (sample: string): ProviderProtocol | undefined => {
  const value = JSON.parse(sample) as { type?: string; object?: string };
  if (value.object?.startsWith('chat.completion') === true) return openaiCompatibleProtocol;
  if (value.object === 'response' || value.type === 'response.created') return openaiResponsesProtocol;
  return value.type === 'message' || value.type === 'message_start' ? anthropicProtocol : undefined;
};

const recorded = (ending: string, sampleOf: (text: string) => string): readonly Recorded[] => {
  const folders = skip === false ? ['anthropic', 'openai', 'openai-compatible', 'deepseek', 'mistral', 'xai'] : [];
  return folders.flatMap((folder) =>
    readdirSync(join(RECORDED, folder))
      .filter((file) => file.endsWith(ending))
      .flatMap((file) => {
        const text = readFileSync(join(RECORDED, folder, file), 'utf8');
        const protocol = protocolOf(sampleOf(text));
        return protocol === undefined ? [] : [{ name: `${folder}/${file}`, text, protocol }];
      }),
  );
};

const linesOf = (text: string): readonly string[] => text.split('\n').filter((line) => line.trim() !== '');
const streams = recorded('.chunks.txt', (text) => linesOf(text)[0] ?? '{}');
const wholes = recorded('.json', (text) => text);

/** The recorded events as bytes of a stream, as the provider would have sent them. */
const toBytes = ({ text, protocol }: Recorded): Uint8Array => {
  const events = linesOf(text).map((data) => {
    const { type } = JSON.parse(data) as { type?: string };
    return renderEvent({ event: protocol === openaiCompatibleProtocol ? null : (type ?? null), data });
  });
  const done = protocol === openaiCompatibleProtocol ? renderEvent({ data: '[DONE]' }) : '';
  return new TextEncoder().encode(events.join('') + done);
};

const readBytes = (recording: Recorded, mode: StreamReaderMode, chunks: readonly Uint8Array[]): StreamPart[] => {
  const parser = createSseParser({ maxEventBytes: 1 << 24 });
  const reader = recording.protocol.createStreamReader(mode);
  return chunks
    .flatMap((chunk) => parser.push(chunk))
    .flatMap(({ event, data }) => [...reader.read(event, data).parts]);
};

/** Blocks open once, in dense order, never overlap, and everything is closed before the finish. */
const checkStream = (parts: readonly StreamPart[], name: string): void => {
  assert.equal(parts[0]?.type, 'start', name);
  assert.equal(parts.at(-1)?.type, 'end', name);
  assert.equal(parts.filter((part) => part.type === 'finish').length, 1, name);
  assert.ok(
    parts.some((part) => part.type === 'usage'),
    name,
  );
  let open: number | null = null;
  let next = 0;
  for (const part of parts) {
    if (part.type === 'block-start') {
      assert.deepEqual([open, part.block], [null, next], name);
      open = part.block;
      next += 1;
    } else if (part.type === 'block-delta' || part.type === 'block-opaque') assert.equal(part.block, open, name);
    else if (part.type === 'block-end') {
      assert.equal(part.block, open, name);
      open = null;
    } else if (part.type === 'finish') assert.equal(open, null, name);
  }
};

const textIn = (parts: readonly StreamPart[]): string =>
  parts.flatMap((part) => (part.type === 'block-delta' ? [part.text] : [])).join('');

test('every recorded stream becomes well-formed parts with an end', { skip }, () => {
  assert.ok(streams.length > 20);
  for (const recording of streams) {
    const parts = readBytes(recording, 'full', [toBytes(recording)]);
    checkStream(parts, recording.name);
    // Calls of OpenAI's own tools are items that no other protocol has: their streams may hold nothing else.
    const hasOwnItemsOnly = recording.protocol === openaiResponsesProtocol && !recording.text.includes('.delta"');
    const isSilent = recording.name.includes('refusal') || hasOwnItemsOnly;
    assert.ok(isSilent || textIn(parts).length > 0, recording.name);
  }
});

test('observe finds the same start, finish, usage and end as full in every recorded stream', { skip }, () => {
  for (const recording of streams) {
    const pick = (mode: StreamReaderMode) =>
      readBytes(recording, mode, [toBytes(recording)]).filter((part) => !part.type.startsWith('block'));
    assert.deepEqual(pick('observe'), pick('full'), recording.name);
  }
});

test('bug-1 bug-3: the parts of a stream do not depend on where its bytes are cut', { skip }, () => {
  for (const recording of streams) {
    const bytes = toBytes(recording);
    const whole = readBytes(recording, 'full', [bytes]);
    for (const size of [1, 7, 1000]) {
      if (size === 1 && bytes.length > 20_000) continue;
      const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
        bytes.subarray(index * size, (index + 1) * size),
      );
      assert.deepEqual(readBytes(recording, 'full', chunks), whole, `${recording.name} in pieces of ${size}`);
    }
  }
});

test('every recorded whole answer has content, a finish and usage', { skip }, () => {
  assert.ok(wholes.length > 25);
  for (const { name, text, protocol } of wholes) {
    const { choices, usage } = protocol.fromWire(text);
    assert.ok((choices[0]?.content.length ?? 0) > 0 || name.includes('refusal'), name);
    assert.notEqual(choices[0]?.finish.raw ?? null, null, name);
    assert.ok((usage.inputTokens ?? 0) > 0 && (usage.outputTokens ?? 0) > 0, name);
  }
});

test('a recorded whole answer replayed as events gives the same text, finish and usage', { skip }, () => {
  for (const { name, text, protocol } of wholes) {
    const response = protocol.fromWire(text);
    const reader = protocol.createStreamReader('full');
    const parts = protocol.toEvents(text).flatMap(({ event, data }) => [...reader.read(event, data).parts]);
    checkStream(parts, name);
    const finish = parts.find((part) => part.type === 'finish');
    assert.deepEqual(finish?.finish, response.choices[0]?.finish, name);
    const usage = parts.findLast((part) => part.type === 'usage');
    assert.equal(usage?.usage.outputTokens, response.usage.outputTokens, name);
  }
});

const SAMPLES: readonly (readonly [ProviderProtocol, string])[] = [
  [
    openaiCompatibleProtocol,
    '{"id":"c","model":"m","choices":[{"index":0,"message":{"content":"x","tool_calls":[{"id":"a","type":"function","function":{"name":"f","arguments":"{}"}}],"reasoning_details":[{"text":"r"}]},"finish_reason":"stop"}],"usage":{"prompt_tokens":1,"prompt_tokens_details":{"cached_tokens":1}}}',
  ],
  [
    openaiCompatibleProtocol,
    '{"id":"c","choices":[{"index":0,"delta":{"content":[{"type":"thinking","thinking":[{"text":"t"}]}],"tool_calls":[{"index":0,"id":"a","function":{"name":"f","arguments":"{"}}]},"finish_reason":"stop"}],"usage":{"total_tokens":3}}',
  ],
  [
    anthropicProtocol,
    '{"type":"message","id":"m","model":"c","content":[{"type":"thinking","thinking":"t","signature":"s"},{"type":"tool_use","id":"t","name":"f","input":{"a":[1]}}],"stop_reason":"tool_use","usage":{"input_tokens":1,"cache_creation":{"ephemeral_5m_input_tokens":1}}}',
  ],
  [
    openaiResponsesProtocol,
    '{"object":"response","id":"r","model":"m","status":"completed","output":[{"type":"reasoning","id":"rs","summary":[{"type":"summary_text","text":"t"}],"encrypted_content":"e"},{"type":"message","content":[{"type":"output_text","text":"x"}]},{"type":"function_call","call_id":"c","name":"f","arguments":"{}"}],"usage":{"input_tokens":1,"output_tokens":2}}',
  ],
  [
    openaiResponsesProtocol,
    '{"type":"response.output_item.done","output_index":1,"item":{"type":"custom_tool_call","call_id":"c","name":"f","input":"x"}}',
  ],
  [
    openaiResponsesProtocol,
    '{"type":"response.completed","response":{"id":"r","status":"incomplete","incomplete_details":{"reason":"max_output_tokens"},"output":[{"type":"message","content":[{"type":"refusal","refusal":"n"}]}],"usage":{"input_tokens":1}}}',
  ],
  [
    anthropicProtocol,
    '{"type":"content_block_start","index":0,"content_block":{"type":"tool_use","id":"t","name":"f","input":{}}}',
  ],
  [
    anthropicProtocol,
    '{"type":"content_block_delta","index":0,"delta":{"type":"input_json_delta","partial_json":"{"}}',
  ],
];

const VALUES = ['null', '0', '-1', '1e999', '"x"', '[]', '{}', '[[]]', '{"type":"text"}', 'true', '[null]'];

/** Replaces one JSON value, or cuts the text, or repeats a part of it. */
const mutate = (text: string, [kind, at, value]: readonly [number, number, number]): string => {
  const places = [...text.matchAll(/(?<=:|\[|,)(?:"[^"]*"|\d+|\{\}|\[\])/g)];
  const place = places[at % Math.max(1, places.length)];
  if (kind === 0 && place !== undefined) {
    return (
      text.slice(0, place.index) + (VALUES[value % VALUES.length] ?? '') + text.slice(place.index + place[0].length)
    );
  }
  const cut = at % (text.length + 1);
  return kind === 1 ? text.slice(0, cut) : text.slice(0, cut) + text.slice(cut - (value % 20)) + text.slice(cut);
};

test('whatever is done to an answer, reading it throws nothing but a ProviderError', () => {
  const change = fc.tuple(fc.nat(2), fc.nat(500), fc.nat(50));
  fc.assert(
    fc.property(fc.nat(SAMPLES.length - 1), fc.array(change, { minLength: 1, maxLength: 4 }), (index, changes) => {
      const [protocol, sample] = SAMPLES[index] ?? [openaiCompatibleProtocol, ''];
      const text = changes.reduce(mutate, sample);
      try {
        protocol.fromWire(text);
      } catch (error) {
        assert.ok(error instanceof ProviderError, String(error));
      }
      for (const mode of ['full', 'observe'] as const) {
        const reader = protocol.createStreamReader(mode);
        for (const event of [sample, text, text, '[DONE]']) reader.read(null, event);
      }
      assert.ok(protocol.toFault(500, {}, text).message.length > 0);
    }),
    { numRuns: 2000 },
  );
});

test('absurdly nested values do not overflow any stack', () => {
  const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
  for (const [protocol, template] of [
    [anthropicProtocol, '{"type":"message","content":[{"type":"tool_use","id":"a","name":"f","input":{"a":DEEP}}]}'],
    [openaiCompatibleProtocol, '{"choices":[{"message":{"tool_calls":[{"function":{"name":"f","arguments":DEEP}}]}}]}'],
  ] as const) {
    const text = template.replace('DEEP', deep);
    try {
      protocol.fromWire(text);
    } catch (error) {
      assert.ok(error instanceof ProviderError);
    }
    const event = text
      .replace('"message":', '"delta":')
      .replace('"type":"message","content":[', '"type":"content_block_start","content_block":');
    assert.ok(protocol.createStreamReader('full').read(null, event.replace('}}]}', '}}}')).parts.length <= 3);
  }
});
