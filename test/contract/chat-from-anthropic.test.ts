/** Recorded Anthropic streams through the provider's reader and the chat renderer, judged by the strict validator. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { StreamFrame } from '../../src/canonical/stream-part.ts';
import { anthropicProtocol } from '../../src/providers/anthropic/protocol.ts';
import { openaiChatCodec } from '../../src/wire/openai-chat/codec.ts';
import type { ChatStreamSummary } from './chat-stream-validator.ts';
import { validateChatStream } from './chat-stream-validator.ts';

const FOLDER = join(import.meta.dirname, '../../../shared/fixtures/recorded/anthropic');
const skip = existsSync(FOLDER) ? false : 'the recorded replies are not on this machine';

const loadEvents = (name: string): string[] =>
  readFileSync(join(FOLDER, name), 'utf8')
    .split('\n')
    .filter((line) => line !== '');

/** A second message begins inside the first one's tool call: the first call can never become whole. */
const SPLICED = 'spliced-message-start.chunks.txt';

/** Some recordings hold the answers of several calls behind each other. */
const toAnswers = (events: readonly string[]): string[][] => {
  const answers: string[][] = [[]];
  for (const data of events) {
    answers.at(-1)?.push(data);
    if (data.startsWith('{"type":"message_stop"')) answers.push([]);
  }
  return answers.filter((answer) => answer.length > 0);
};

const toFrames = (events: readonly string[]): StreamFrame[] => {
  const reader = anthropicProtocol.createStreamReader('full');
  return events.map((data) => reader.read((JSON.parse(data) as { type: string }).type, data));
};

const translate = (frames: readonly StreamFrame[], includeUsage: boolean): ChatStreamSummary => {
  const body = {
    model: 'auto',
    messages: [{ role: 'user', content: 'Hi' }],
    stream: true,
    stream_options: { include_usage: includeUsage },
  };
  const request = openaiChatCodec.parseRequest(JSON.stringify(body));
  const options = { echoModel: null, answerId: '1', request, now: () => 0, first: { component: 'thinking' } };
  const renderer = openaiChatCodec.createStreamRenderer(options);
  let text = '';
  for (const frame of frames) text += renderer.render([frame]);
  text += renderer.release({ cost_usd: 1 }) + renderer.end();
  return validateChatStream(text, { includeUsage, rules: 'specified' });
};

/** Text of every text block, straight from the recording. */
const textOf = (events: readonly string[]): string =>
  events
    .map((data) => JSON.parse(data) as { delta?: { type?: string; text?: string } })
    .map(({ delta }) => (delta?.type === 'text_delta' ? (delta.text ?? '') : ''))
    .join('');

test(
  'bug-65: every complete recorded Anthropic stream becomes a valid chat stream with the same text',
  { skip },
  () => {
    let read = 0;
    const names = readdirSync(FOLDER).filter((one) => one.endsWith('.chunks.txt') && one !== SPLICED);
    for (const [name, events] of names.flatMap((one) => toAnswers(loadEvents(one)).map((all) => [one, all] as const))) {
      const frames = toFrames(events);
      if (!frames.some((frame) => frame.parts.some((part) => part.type === 'end'))) continue;
      read += 1;
      for (const includeUsage of [false, true]) {
        const summary = translate(frames, includeUsage);
        assert.equal(summary.choices.get(0)?.content, textOf(events), name);
        assert.equal(summary.gearbox.length, 2, name);
        assert.equal(summary.usage !== null, includeUsage, name);
      }
    }
    assert.ok(read >= 10, `only ${read} recordings were complete`);
  },
);

test('a recorded call without arguments reaches a chat client as an empty JSON object', { skip }, () => {
  const summary = translate(toFrames(loadEvents('anthropic-tool-no-args.chunks.txt')), false);
  const [call] = summary.choices.get(0)?.toolCalls ?? [];
  assert.equal(call?.text, '{}');
  assert.equal(summary.choices.get(0)?.finish, 'tool_calls');
});
