/** Responses as the lab writes it. Kept apart from `wire/` on purpose: a mistake there is then seen here. */
import { createSignature } from './conversation.ts';
import type { LabEvent, LabFault } from './event.ts';
import { toPieces, type LabReply, type ReplyToolCall } from './reply.ts';
import { scriptedErrorType } from './openai-error-type.ts';

const toUsage = ({ usage }: LabReply): object => ({
  input_tokens: usage.inputTokens,
  input_tokens_details: { cached_tokens: usage.cachedTokens },
  output_tokens: usage.outputTokens,
  output_tokens_details: { reasoning_tokens: usage.reasoningTokens },
  total_tokens: usage.inputTokens + usage.outputTokens,
});

/** An item and the events between its `added` and its `done`. */
interface Item {
  readonly shell: object;
  readonly whole: object;
  readonly parts: readonly Part[];
}

interface Part {
  /** Names of the events before and behind the deltas; null where the item has no parts. */
  readonly added: string | null;
  readonly delta: string;
  readonly done: string;
  readonly closed: string | null;
  readonly counter: object;
  readonly text: string;
  /** The part as the events show it, empty and whole. */
  readonly shape: (text: string) => object;
  readonly member: string;
}

const toReasoning = (reply: LabReply): readonly Item[] => {
  const { reasoning, key } = reply;
  if (reasoning === null) return [];
  const id = `rs_lab_${key}`;
  const shape = (text: string): object => ({ type: 'summary_text', text });
  return [
    {
      shell: { id, type: 'reasoning', summary: [] },
      whole: { id, type: 'reasoning', summary: [shape(reasoning)], encrypted_content: createSignature(key) },
      parts: [
        {
          added: 'response.reasoning_summary_part.added',
          delta: 'response.reasoning_summary_text.delta',
          done: 'response.reasoning_summary_text.done',
          closed: 'response.reasoning_summary_part.done',
          counter: { summary_index: 0 },
          text: reasoning,
          shape,
          member: 'text',
        },
      ],
    },
  ];
};

const toMessage = (reply: LabReply): readonly Item[] => {
  if (reply.text === '') return [];
  const id = `msg_lab_${reply.key}`;
  const isRefusal = reply.finish === 'refusal';
  const stem = isRefusal ? 'response.refusal' : 'response.output_text';
  const shape = (text: string): object =>
    isRefusal ? { type: 'refusal', refusal: text } : { type: 'output_text', text, annotations: [], logprobs: [] };
  const item = { id, type: 'message', role: 'assistant' };
  return [
    {
      shell: { ...item, status: 'in_progress', content: [] },
      whole: { ...item, status: 'completed', content: [shape(reply.text)] },
      parts: [
        {
          added: 'response.content_part.added',
          delta: `${stem}.delta`,
          done: `${stem}.done`,
          closed: 'response.content_part.done',
          counter: { content_index: 0 },
          text: reply.text,
          shape,
          member: isRefusal ? 'refusal' : 'text',
        },
      ],
    },
  ];
};

const toCall = (reply: LabReply, { index, name, kind, input }: ReplyToolCall): Item => {
  const isCustom = kind === 'custom';
  const member = isCustom ? 'input' : 'arguments';
  const stem = isCustom ? 'response.custom_tool_call_input' : 'response.function_call_arguments';
  const item = {
    id: `${isCustom ? 'ctc' : 'fc'}_lab_${reply.key}_${index}`,
    type: isCustom ? 'custom_tool_call' : 'function_call',
    call_id: `call_lab_${reply.key}_${index}`,
    name,
  };
  return {
    shell: { ...item, status: 'in_progress', [member]: '' },
    whole: { ...item, status: 'completed', [member]: input },
    parts: [
      {
        added: null,
        delta: `${stem}.delta`,
        done: `${stem}.done`,
        closed: null,
        counter: {},
        text: input,
        shape: (text) => ({ text }),
        member,
      },
    ],
  };
};

const toItems = (reply: LabReply): readonly Item[] => [
  ...toReasoning(reply),
  ...toMessage(reply),
  ...reply.toolCalls.map((call) => toCall(reply, call)),
];

const REASONS: Readonly<Partial<Record<LabReply['finish'], string>>> = {
  length: 'max_output_tokens',
  content_filter: 'content_filter',
};

const toResponse = (reply: LabReply, isOver: boolean): object => {
  const reason = REASONS[reply.finish];
  return {
    id: `resp_lab_${reply.key}`,
    object: 'response',
    created_at: reply.createdSeconds,
    model: reply.model,
    status: isOver ? (reason === undefined ? 'completed' : 'incomplete') : 'in_progress',
    error: null,
    incomplete_details: isOver && reason !== undefined ? { reason } : null,
    instructions: null,
    max_output_tokens: null,
    metadata: {},
    reasoning: { effort: null, summary: null },
    temperature: 1,
    text: { format: { type: 'text' } },
    tool_choice: 'auto',
    top_p: 1,
    truncation: 'disabled',
    background: false,
    output: isOver ? toItems(reply).map(({ whole }) => whole) : [],
    parallel_tool_calls: true,
    previous_response_id: null,
    store: false,
    service_tier: 'default',
    tools: [],
    usage: isOver ? toUsage(reply) : null,
  };
};

/** The body of a whole answer. */
export const renderResponsesBody = (reply: LabReply): string => JSON.stringify(toResponse(reply, true));

type Draft = readonly [type: string, members: object, tokens: number];

const partDrafts = (part: Part, where: object, tokensPerEvent: number): readonly Draft[] => {
  const place = { ...where, ...part.counter };
  return [
    ...(part.added === null ? [] : [[part.added, { ...place, part: part.shape('') }, 0] as const]),
    ...toPieces(part.text, tokensPerEvent).map((delta) => [part.delta, { ...place, delta }, tokensPerEvent] as const),
    [part.done, { ...place, [part.member]: part.text }, 0],
    ...(part.closed === null ? [] : [[part.closed, { ...place, part: part.shape(part.text) }, 0] as const]),
  ];
};

const itemDrafts = (item: Item, output_index: number, tokensPerEvent: number): readonly Draft[] => {
  const id: unknown = Reflect.get(item.shell, 'id');
  return [
    ['response.output_item.added', { output_index, item: item.shell }, 0],
    ...item.parts.flatMap((part) => partDrafts(part, { item_id: id, output_index }, tokensPerEvent)),
    ['response.output_item.done', { output_index, item: item.whole }, 0],
  ];
};

const toEvent = ([type, members, tokens]: Draft, sequence_number: number): LabEvent => ({
  text: `event: ${type}\ndata: ${JSON.stringify({ type, sequence_number, ...members })}\n\n`,
  tokens,
});

/** The events of a streamed answer, the one that names its end last. */
export const renderResponsesEvents = (reply: LabReply, tokensPerEvent: number): readonly LabEvent[] => {
  const end = REASONS[reply.finish] === undefined ? 'response.completed' : 'response.incomplete';
  const drafts: readonly Draft[] = [
    ['response.created', { response: toResponse(reply, false) }, 0],
    ['response.in_progress', { response: toResponse(reply, false) }, 0],
    ...toItems(reply).flatMap((item, index) => itemDrafts(item, index, tokensPerEvent)),
    [end, { response: toResponse(reply, true) }, 0],
  ];
  return drafts.map(toEvent);
};

/** An error inside a stream that began with 200; nothing follows it. */
export const renderResponsesErrorEvent = ({ status, message, param, code }: LabFault): LabEvent => {
  const data = { type: 'error', code: code ?? scriptedErrorType(status), message, param };
  return { text: `event: error\ndata: ${JSON.stringify(data)}\n\n`, tokens: 0 };
};
