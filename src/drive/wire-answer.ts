/** What an answer says, whichever protocol says it. Reads by hand: shares no code with `wire/`, which it judges. */
import type { MatrixClient } from './wire-scenarios.ts';

// Answers are looked into without a schema: a missing member is undefined, and a comparison says so.
// oxlint-disable-next-line typescript/no-explicit-any -- see above
export type Json = any;

export interface Said {
  readonly ending: 'complete' | 'failed';
  readonly text: string;
  readonly reasoning: string;
  readonly refusal: string;
  readonly calls: readonly { readonly name: string; readonly input: string }[];
  /** The protocol's own word. */
  readonly finish: string | null;
}

export const FAILED: Said = { ending: 'failed', text: '', reasoning: '', refusal: '', calls: [], finish: null };

/** Arguments of a function as values, to be compared: a whole answer of Messages holds them as such. */
export const withInputValues = ({ calls, ...said }: Said): object => ({
  ...said,
  calls: calls.map(({ name, input }) => ({
    name,
    input: input.startsWith('{') ? (JSON.parse(input) as unknown) : input,
  })),
});

export const joined = (parts: readonly (string | null | undefined)[]): string =>
  parts.map((part) => part ?? '').join('');

const fromChatWhole = ({ choices }: Json): Said => {
  const [{ message, finish_reason: finish }] = choices;
  const calls = (message.tool_calls ?? []).map((call: Json) => ({
    name: (call.function ?? call.custom).name,
    input: call.function?.arguments ?? call.custom.input,
  }));
  const { content, reasoning_content: reasoning, refusal } = message;
  return {
    ending: 'complete',
    text: content ?? '',
    reasoning: reasoning ?? '',
    refusal: refusal ?? '',
    calls,
    finish,
  };
};

export const fromResponsesWhole = ({ status, output, incomplete_details: details }: Json): Said => {
  const content = output.flatMap((item: Json) => (item.type === 'message' ? item.content : []));
  const of = (type: string, member: string): string =>
    joined(content.filter((part: Json) => part.type === type).map((part: Json) => part[member]));
  return {
    ending: 'complete',
    text: of('output_text', 'text'),
    reasoning: joined(
      output.flatMap((item: Json) => (item.type === 'reasoning' ? item.summary.map((part: Json) => part.text) : [])),
    ),
    refusal: of('refusal', 'refusal'),
    calls: output
      .filter((item: Json) => item.type === 'function_call' || item.type === 'custom_tool_call')
      .map(({ name, arguments: input, input: free }: Json) => ({ name, input: input ?? free })),
    finish: details?.reason ?? status,
  };
};

const fromMessagesWhole = ({ content, stop_reason: finish }: Json): Said => {
  const of = (type: string, member: string): string =>
    joined(content.filter((block: Json) => block.type === type).map((block: Json) => block[member]));
  return {
    ending: 'complete',
    text: of('text', 'text'),
    reasoning: of('thinking', 'thinking'),
    refusal: '',
    calls: content
      .filter((block: Json) => block.type === 'tool_use')
      .map(({ name, input }: Json) => ({ name, input: JSON.stringify(input) })),
    finish,
  };
};

const WHOLE: Readonly<Record<MatrixClient, (body: Json) => Said>> = {
  'openai-chat': fromChatWhole,
  'openai-responses': fromResponsesWhole,
  'anthropic-messages': fromMessagesWhole,
};

export const fromWhole = (client: MatrixClient, body: Json): Said =>
  body?.error === undefined || body.error === null ? WHOLE[client](body) : FAILED;
