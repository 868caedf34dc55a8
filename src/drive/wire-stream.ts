/** A stream as the answer that its events add up to. */
import { FAILED, fromResponsesWhole, joined, type Json, type Said } from './wire-answer.ts';
import type { MatrixClient } from './wire-scenarios.ts';

/** Data of the events, `[DONE]` as text; comments left out. */
const toEvents = (text: string): readonly Json[] =>
  text
    .split('\n\n')
    .flatMap((block) => block.split('\n').filter((line) => line.startsWith('data: ')))
    .map((line) => line.slice('data: '.length))
    .map((data) => (data === '[DONE]' ? data : JSON.parse(data)));

const toChat = (events: readonly Json[]): Said => {
  if (events.at(-1) !== '[DONE]') return FAILED;
  const choices = events.flatMap((event) => event.choices?.[0] ?? []);
  const of = (member: string): string => joined(choices.map(({ delta }: Json) => delta[member]));
  const calls: { name: string; input: string }[] = [];
  for (const { delta } of choices)
    for (const { index, function: called, custom } of delta.tool_calls ?? []) {
      const call = (calls[index] ??= { name: '', input: '' });
      call.name += called?.name ?? custom?.name ?? '';
      call.input += called?.arguments ?? custom?.input ?? '';
    }
  return {
    ending: 'complete',
    text: of('content'),
    reasoning: of('reasoning_content'),
    refusal: of('refusal'),
    calls,
    finish: choices.findLast(({ finish_reason: reason }: Json) => reason !== null)?.finish_reason ?? null,
  };
};

const toResponses = (events: readonly Json[]): Said => {
  const last = events.at(-1);
  return last?.type === 'response.completed' || last?.type === 'response.incomplete'
    ? fromResponsesWhole(last.response)
    : FAILED;
};

const toMessages = (events: readonly Json[]): Said => {
  if (events.at(-1)?.type !== 'message_stop') return FAILED;
  const blocks = events.filter(({ type }) => type === 'content_block_start');
  const said = (index: number, member: string): string =>
    joined(
      events
        .filter((event) => event.type === 'content_block_delta' && event.index === index)
        .map(({ delta }) => delta[member]),
    );
  const of = (type: string, member: string): string =>
    joined(blocks.filter((block) => block.content_block.type === type).map(({ index }) => said(index, member)));
  return {
    ending: 'complete',
    text: of('text', 'text'),
    reasoning: of('thinking', 'thinking'),
    refusal: '',
    calls: blocks
      .filter((block) => block.content_block.type === 'tool_use')
      .map((block) => ({ name: block.content_block.name, input: said(block.index, 'partial_json') })),
    finish: events.find(({ type }) => type === 'message_delta')?.delta.stop_reason ?? null,
  };
};

const READERS: Readonly<Record<MatrixClient, (events: readonly Json[]) => Said>> = {
  'openai-chat': toChat,
  'openai-responses': toResponses,
  'anthropic-messages': toMessages,
};

export const fromStream = (client: MatrixClient, text: string): Said => READERS[client](toEvents(text));
