/** Chat Completions as the lab writes it. Kept apart from `wire/` on purpose: a mistake there is then seen here. */
import type { LabEvent, LabFault } from './event.ts';
import { scriptedErrorType } from './openai-error-type.ts';
import { toPieces, type LabReply, type ReplyToolCall, type ReplyUsage } from './reply.ts';
import type { LabFinish } from './script.ts';

const FINISH_REASONS: Readonly<Record<LabFinish, string>> = {
  stop: 'stop',
  length: 'length',
  tool_calls: 'tool_calls',
  content_filter: 'content_filter',
  refusal: 'stop',
};

const toUsage = (usage: ReplyUsage): object => ({
  prompt_tokens: usage.inputTokens,
  completion_tokens: usage.outputTokens,
  total_tokens: usage.inputTokens + usage.outputTokens,
  prompt_tokens_details: { cached_tokens: usage.cachedTokens, audio_tokens: 0 },
  completion_tokens_details: { reasoning_tokens: usage.reasoningTokens, audio_tokens: 0 },
});

const callId = (reply: LabReply, call: ReplyToolCall): string => `call_lab_${reply.key}_${call.index}`;

const toToolCall = (reply: LabReply, call: ReplyToolCall): object => {
  const id = callId(reply, call);
  return call.kind === 'custom'
    ? { id, type: 'custom', custom: { name: call.name, input: call.input } }
    : { id, type: 'function', function: { name: call.name, arguments: call.input } };
};

const toMessage = (reply: LabReply): object => {
  const isRefusal = reply.finish === 'refusal';
  const hidesText = isRefusal || reply.toolCalls.length > 0;
  return {
    role: 'assistant',
    content: hidesText ? null : reply.text,
    refusal: isRefusal ? reply.text : null,
    ...(reply.reasoning === null ? {} : { reasoning_content: reply.reasoning }),
    ...(reply.toolCalls.length === 0 ? {} : { tool_calls: reply.toolCalls.map((call) => toToolCall(reply, call)) }),
  };
};

const choiceIndexes = (reply: LabReply): readonly number[] =>
  Array.from({ length: reply.choices }, (_, index) => index);

/** The body of a whole answer. */
export const renderChatBody = (reply: LabReply): string =>
  JSON.stringify({
    id: `chatcmpl-lab-${reply.key}`,
    object: 'chat.completion',
    created: reply.createdSeconds,
    model: reply.model,
    choices: choiceIndexes(reply).map((index) => ({
      index,
      message: toMessage(reply),
      logprobs: null,
      finish_reason: FINISH_REASONS[reply.finish],
    })),
    usage: toUsage(reply.usage),
    service_tier: 'default',
    system_fingerprint: 'fp_lab',
  });

interface Delta {
  readonly choice: number;
  readonly delta: object;
  readonly tokens: number;
  readonly finish?: string;
}

const toolDeltas = (reply: LabReply, choice: number, tokensPerEvent: number): readonly Delta[] =>
  reply.toolCalls.flatMap((call) => {
    const { index } = call;
    const isCustom = call.kind === 'custom';
    const opening = isCustom
      ? { index, id: callId(reply, call), type: 'custom', custom: { name: call.name, input: '' } }
      : { index, id: callId(reply, call), type: 'function', function: { name: call.name, arguments: '' } };
    const pieces = toPieces(call.input, tokensPerEvent).map((piece) => ({
      choice,
      tokens: tokensPerEvent,
      delta: {
        tool_calls: [{ index, ...(isCustom ? { custom: { input: piece } } : { function: { arguments: piece } }) }],
      },
    }));
    return [{ choice, tokens: 1, delta: { tool_calls: [opening] } }, ...pieces];
  });

const choiceDeltas = (reply: LabReply, choice: number, tokensPerEvent: number): readonly Delta[] => {
  const member = reply.finish === 'refusal' ? 'refusal' : 'content';
  const said = (name: string, text: string): readonly Delta[] =>
    toPieces(text, tokensPerEvent).map((piece) => ({ choice, delta: { [name]: piece }, tokens: tokensPerEvent }));
  return [
    { choice, delta: { role: 'assistant', content: '', refusal: null }, tokens: 0 },
    ...said('reasoning_content', reply.reasoning ?? ''),
    ...said(member, reply.text),
    ...toolDeltas(reply, choice, tokensPerEvent),
    { choice, delta: {}, tokens: 0, finish: FINISH_REASONS[reply.finish] },
  ];
};

/** The events of a streamed answer, `[DONE]` last. */
export const renderChatEvents = (reply: LabReply, tokensPerEvent: number): readonly LabEvent[] => {
  const head = JSON.stringify({
    id: `chatcmpl-lab-${reply.key}`,
    object: 'chat.completion.chunk',
    created: reply.createdSeconds,
    model: reply.model,
    service_tier: 'default',
    system_fingerprint: 'fp_lab',
  }).slice(0, -1);
  // With usage asked for, every other chunk says `"usage":null`.
  const tail = reply.includeUsage ? ',"usage":null}' : '}';
  const render = ({ choice, delta, tokens, finish }: Delta): LabEvent => {
    const body = JSON.stringify({ index: choice, delta, logprobs: null, finish_reason: finish ?? null });
    return { text: `data: ${head},"choices":[${body}]${tail}\n\n`, tokens };
  };
  const deltas = choiceIndexes(reply).flatMap((choice) => choiceDeltas(reply, choice, tokensPerEvent));
  const usage = `data: ${head},"choices":[],"usage":${JSON.stringify(toUsage(reply.usage))}}\n\n`;
  return [
    ...deltas.map(render),
    ...(reply.includeUsage ? [{ text: usage, tokens: 0 }] : []),
    { text: 'data: [DONE]\n\n', tokens: 0 },
  ];
};

const toError = ({ status, message, param, code }: LabFault): object => ({
  error: { message, type: scriptedErrorType(status), param, code },
});

/** The body of an error. */
export const renderOpenaiError = (fault: LabFault): string => JSON.stringify(toError(fault));

/** An error inside a stream that began with 200; no `[DONE]` follows it. */
export const renderOpenaiErrorEvent = (fault: LabFault): LabEvent => ({
  text: `data: ${renderOpenaiError(fault)}\n\n`,
  tokens: 0,
});
