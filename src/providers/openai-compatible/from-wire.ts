/** Whole chat completion → canonical response. */
import type { ContentPart, OpaqueReasoning, ReasoningPart, TextPart } from '../../canonical/content.ts';
import type { CanonicalResponse, Choice } from '../../canonical/response.ts';
import { unwrapInput } from '../custom-input.ts';
import { errorOfAnswer, findError } from '../fault.ts';
import type { AnswerContext } from '../provider.ts';
import { asCount, asList, asRecord, asText, garbage, readJson } from '../reading.ts';
import type { JsonRecord } from '../reading.ts';
import { toFinish } from './finish.ts';
import { reasoningDetails, toPieces } from './message-content.ts';
import { findUsage, toUsage } from './usage.ts';

/** Opaque form of `reasoning_details`, bound to the provider that gave it. */
export const toDetails = (data: string, context: AnswerContext | undefined): OpaqueReasoning => ({
  kind: 'details',
  data,
  provenance:
    context === undefined
      ? null
      : { provider: context.provider, model: context.model, transport: 'openai-chat', account: context.account },
});

/** Arguments as text. Some servers send the object itself. */
export const argumentText = (value: unknown): string =>
  typeof value === 'string' ? value : value === undefined || value === null ? '' : JSON.stringify(value);

/** Some servers give no ids; the client needs one to answer to. Unique within the answer. */
export const inventedId = (choice: number, call: number): string => `call_${choice}_${call}`;

const toCall = (value: unknown, place: readonly [number, number], context: AnswerContext | undefined): ContentPart => {
  const call = asRecord(value) ?? {};
  const id = asText(call['id']);
  const callId = id === undefined || id === '' ? inventedId(...place) : id;
  const custom = asRecord(call['custom']);
  if (custom !== undefined) {
    const input = asText(custom['input']) ?? '';
    return { type: 'tool-call', id: callId, name: asText(custom['name']) ?? '', kind: 'custom', input };
  }
  const { name: given, arguments: input } = asRecord(call['function']) ?? {};
  const sent = asText(given) ?? '';
  const name = context?.toolNames.get(sent) ?? sent;
  const text = argumentText(input);
  return context?.wrappedTools.has(sent) === true
    ? { type: 'tool-call', id: callId, name, kind: 'custom', input: unwrapInput(text) }
    : { type: 'tool-call', id: callId, name, kind: 'function', input: text };
};

const toCalls = (message: JsonRecord, choice: number, context: AnswerContext | undefined): readonly ContentPart[] => {
  const calls = asList(message['tool_calls']);
  const legacy = asRecord(message['function_call']);
  const all = calls.length === 0 && legacy !== undefined ? [{ function: legacy }] : calls;
  return all.map((call, index) => toCall(call, [choice, index], context));
};

const toAudio = (value: unknown): readonly ContentPart[] => {
  const audio = asRecord(value);
  const data = asText(audio?.['data']);
  if (audio === undefined || data === undefined) return [];
  const transcript = asText(audio['transcript']) ?? '';
  const part: ContentPart = { type: 'audio', source: { type: 'base64', mediaType: null, data }, format: null };
  return transcript === '' ? [part] : [{ type: 'text', text: transcript }, part];
};

const DATA_URL = /^data:([^;,]+);base64,/;

/** Generated images as OpenRouter and Gemini's compatible endpoint give them. */
const toImage = (value: unknown): readonly ContentPart[] => {
  const url = asText(asRecord(asRecord(value)?.['image_url'])?.['url']);
  if (url === undefined) return [];
  const match = DATA_URL.exec(url);
  if (match === null) return [{ type: 'image', source: { type: 'url', url } }];
  const source = { type: 'base64', mediaType: match[1] ?? null, data: url.slice(match[0].length) } as const;
  return [{ type: 'image', source }];
};

const toText = (message: JsonRecord, context: AnswerContext | undefined): readonly (TextPart | ReasoningPart)[] => {
  const details = reasoningDetails(message);
  const opaque = details === undefined ? null : toDetails(details, context);
  const parts = toPieces(message).map((piece): TextPart | ReasoningPart =>
    piece.kind === 'text'
      ? { type: 'text', text: piece.text }
      : { type: 'reasoning', text: piece.text, summary: [], opaque: null },
  );
  const first = parts[0];
  if (opaque === null) return parts;
  return first?.type === 'reasoning'
    ? [{ ...first, opaque }, ...parts.slice(1)]
    : [{ type: 'reasoning', text: '', summary: [], opaque }, ...parts];
};

const toChoice = (value: unknown, index: number, context: AnswerContext | undefined): Choice => {
  const choice = asRecord(value);
  const message = asRecord(choice?.['message']);
  if (choice === undefined || message === undefined) throw garbage(`choices[${index}] has no message`);
  const error = asRecord(choice['error']);
  if (error !== undefined) throw errorOfAnswer(error);
  const calls = toCalls(message, index, context);
  const refusal = asText(message['refusal']) ?? '';
  const content: readonly ContentPart[] = [
    ...toText(message, context),
    ...(refusal === '' ? [] : [{ type: 'refusal', text: refusal } as const]),
    ...toAudio(message['audio']),
    ...asList(message['images']).flatMap(toImage),
    ...calls,
  ];
  return { content, finish: toFinish(asText(choice['finish_reason']) ?? null, calls.length > 0) };
};

const read = (value: unknown, context: AnswerContext | undefined): CanonicalResponse => {
  const body = asRecord(value);
  const error = findError(value);
  if (error !== undefined) throw errorOfAnswer(error);
  if (body === undefined || !Array.isArray(body['choices'])) throw garbage('the body is not a chat completion');
  const choices = asList(body['choices']);
  if (choices.length === 0) throw garbage('the chat completion has no choices');
  return {
    id: asText(body['id']) ?? '',
    model: asText(body['model']) ?? context?.model ?? '',
    createdAtSeconds: asCount(body['created']),
    choices: choices.map((choice, index) => toChoice(choice, index, context)),
    usage: toUsage(findUsage(body), body['service_tier']),
  };
};

/** Throws ProviderError: `upstream_garbage` for anything that is no chat completion, the provider's own for an error. */
export const fromWire = (text: string, context?: AnswerContext): CanonicalResponse =>
  readJson(text, (value) => read(value, context));
