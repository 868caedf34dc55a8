/** Whole answer of the Messages API → canonical response. */
import type { ContentPart, OpaqueReasoning } from '../../canonical/content.ts';
import type { CanonicalResponse } from '../../canonical/response.ts';
import { unwrapInput } from '../custom-input.ts';
import { errorOfAnswer, findError } from '../fault.ts';
import type { AnswerContext } from '../provider.ts';
import { asJson, asList, asRecord, asText, garbage, parseExact, readJson } from '../reading.ts';
import type { JsonRecord } from '../reading.ts';
import { toFinish } from './finish.ts';
import { toUsage } from './usage.ts';

/** Provenance and kind for the opaque part of a thinking block. */
export const toOpaque = (
  kind: 'signature' | 'redacted',
  data: string,
  context: AnswerContext | undefined,
): OpaqueReasoning => ({
  kind,
  data,
  provenance:
    context === undefined
      ? null
      : {
          provider: context.provider,
          model: context.model,
          transport: 'anthropic-messages',
          account: context.account,
        },
});

const isServerCall = (type: string): boolean => type === 'server_tool_use' || type === 'mcp_tool_use';

const toCall = (block: JsonRecord, type: string, context: AnswerContext | undefined): ContentPart => {
  const sent = asText(block['name']) ?? '';
  const name = context?.toolNames.get(sent) ?? sent;
  const input = JSON.stringify(block['input'] ?? {});
  const id = asText(block['id']) ?? '';
  if (isServerCall(type)) return { type: 'tool-call', id, name: sent, kind: 'hosted', input };
  return context?.wrappedTools.has(sent) === true
    ? { type: 'tool-call', id, name, kind: 'custom', input: unwrapInput(input) }
    : { type: 'tool-call', id, name, kind: 'function', input };
};

/** One content block. Blocks that only this protocol knows (results of server tools, compaction, …) stay as they are. */
const toPart = (value: unknown, context: AnswerContext | undefined): ContentPart => {
  const block = asRecord(value);
  const type = asText(block?.['type']);
  if (block === undefined || type === undefined) throw garbage('a content block has no type');
  switch (type) {
    case 'text':
      return { type: 'text', text: asText(block['text']) ?? '' };
    case 'thinking': {
      const signature = asText(block['signature']) ?? '';
      const opaque = signature === '' ? null : toOpaque('signature', signature, context);
      return { type: 'reasoning', text: asText(block['thinking']) ?? '', summary: [], opaque };
    }
    case 'redacted_thinking': {
      const opaque = toOpaque('redacted', asText(block['data']) ?? '', context);
      return { type: 'reasoning', text: '', summary: [], opaque };
    }
    case 'tool_use':
    case 'server_tool_use':
    case 'mcp_tool_use':
      return toCall(block, type, context);
    default:
      return { type: 'foreign', protocol: 'anthropic-messages', value: asJson(block) };
  }
};

const read = (value: unknown, context: AnswerContext | undefined): CanonicalResponse => {
  const body = asRecord(value);
  if (body?.['type'] !== 'message') {
    const error = findError(value);
    if (error === undefined) throw garbage('the body is not a message');
    throw errorOfAnswer(error);
  }
  if (!Array.isArray(body['content'])) throw garbage('the message has no content list');
  return {
    id: asText(body['id']) ?? '',
    model: asText(body['model']) ?? context?.model ?? '',
    createdAtSeconds: null,
    choices: [
      {
        content: asList(body['content']).map((block) => toPart(block, context)),
        finish: toFinish(asText(body['stop_reason']) ?? null),
      },
    ],
    usage: toUsage(body['usage']),
  };
};

/** Throws ProviderError: `upstream_garbage` for anything that is no message, the provider's own for an error in a 200. */
export const fromWire = (text: string, context?: AnswerContext): CanonicalResponse =>
  readJson(text, (value) => {
    const hasCall = text.includes('_use"');
    // Arguments keep their numbers as written; counts are read from the plain parse, where they are numbers.
    const response = read(value, context);
    if (!hasCall) return response;
    const exactBody = asRecord(parseExact(text));
    const content = asList(exactBody?.['content']).map((block) => toPart(block, context));
    return { ...response, choices: response.choices.map((choice) => ({ ...choice, content })) };
  });
