/** Output items → canonical parts. */
import type { ContentPart, OpaqueReasoning } from '../../canonical/content.ts';
import type { AnswerContext } from '../provider.ts';
import { asJson, asList, asRecord, asText } from '../reading.ts';
import type { JsonRecord } from '../reading.ts';

/** Encrypted reasoning, bound to whoever encrypted it. */
export const toEncrypted = (data: string, context: AnswerContext | undefined): OpaqueReasoning => ({
  kind: 'encrypted',
  data,
  provenance:
    context === undefined
      ? null
      : { provider: context.provider, model: context.model, transport: 'openai-responses', account: context.account },
});

const textsOf = (value: unknown): readonly string[] =>
  asList(value).map((part) => asText(asRecord(part)?.['text']) ?? '');

const toReasoning = (item: JsonRecord, context: AnswerContext | undefined): ContentPart => {
  const data = asText(item['encrypted_content']) ?? '';
  const id = asText(item['id']);
  return {
    type: 'reasoning',
    text: textsOf(item['content']).join(''),
    summary: textsOf(item['summary']),
    opaque: data === '' ? null : toEncrypted(data, context),
    ...(id === undefined ? {} : { id }),
  };
};

const toMessageParts = (item: JsonRecord): readonly ContentPart[] =>
  asList(item['content']).flatMap((value): readonly ContentPart[] => {
    const part = asRecord(value) ?? {};
    switch (part['type']) {
      case 'output_text':
        return [{ type: 'text', text: asText(part['text']) ?? '' }];
      case 'refusal':
        return [{ type: 'refusal', text: asText(part['refusal']) ?? '' }];
      default:
        return [{ type: 'foreign', protocol: 'openai-responses', value: asJson(value) }];
    }
  });

/** The client's tool name for the one that was sent. */
export const toolName = (item: JsonRecord, context: AnswerContext | undefined): string => {
  const sent = asText(item['name']) ?? '';
  return context?.toolNames.get(sent) ?? sent;
};

/** Names of the items that are calls for the client to run, and the member that holds what they are called with. */
export const CALL_INPUTS: Readonly<Record<string, 'arguments' | 'input'>> = {
  function_call: 'arguments',
  custom_tool_call: 'input',
};

export const toOutputParts = (value: unknown, context: AnswerContext | undefined): readonly ContentPart[] => {
  const item = asRecord(value) ?? {};
  const type = asText(item['type']) ?? '';
  if (type === 'message') return toMessageParts(item);
  if (type === 'reasoning') return [toReasoning(item, context)];
  const member = CALL_INPUTS[type];
  // Calls of hosted tools and the like: the provider has run them already.
  if (member === undefined) return [{ type: 'foreign', protocol: 'openai-responses', value: asJson(value) }];
  return [
    {
      type: 'tool-call',
      id: asText(item['call_id']) ?? asText(item['id']) ?? '',
      name: toolName(item, context),
      kind: member === 'input' ? 'custom' : 'function',
      input: asText(item[member]) ?? '',
    },
  ];
};
