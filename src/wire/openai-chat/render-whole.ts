/** A whole chat completion: the provider's own text with members spliced in, or one built from canonical form. */
import { brand } from '../../brand.ts';
import type { ContentPart, ImagePart, ToolCallPart } from '../../canonical/content.ts';
import type { JsonObject, JsonValue } from '../../canonical/json.ts';
import type { Choice } from '../../canonical/response.ts';
import { appendMember, spliceMembers } from '../../json/splice.ts';
import type { RenderOptions, WholeAnswer } from '../codec.ts';
import { toChatId, toChatUsage, toFinishReason, toServiceTier } from './answer-members.ts';
import type { ToolDialect } from './block-deltas.ts';
import { hasContentList, repairChoices } from './departures.ts';
import { usesLegacyFunctions } from './legacy-functions.ts';
import { toReasoningDetails } from './reasoning-details.ts';

type WholeOptions = RenderOptions & { readonly gearbox: JsonObject | null };

const MILLISECONDS_PER_SECOND = 1000;
const QUOTED_KEY = JSON.stringify(brand.bodyKey);

const ofType = <Type extends ContentPart['type']>(
  content: readonly ContentPart[],
  type: Type,
): Extract<ContentPart, { type: Type }>[] =>
  content.filter((part): part is Extract<ContentPart, { type: Type }> => part.type === type);

const toToolCall = (call: ToolCallPart): JsonObject => {
  const extra =
    call.opaque?.kind === 'thought-signature'
      ? { extra_content: { google: { thought_signature: call.opaque.data } } }
      : {};
  if (call.kind === 'custom') {
    return { id: call.id, type: 'custom', custom: { name: call.name, input: call.input }, ...extra };
  }
  // Models write nothing when a function has no arguments; clients parse what they get as JSON.
  const text = call.input === '' ? '{}' : call.input;
  return { id: call.id, type: 'function', function: { name: call.name, arguments: text }, ...extra };
};

/** An image that a model drew, where OpenRouter's clients look for it: chat itself has no place for one. */
const toImage = ({ source }: ImagePart): JsonObject | null => {
  if (source.type === 'file') return null;
  const url = source.type === 'url' ? source.url : `data:${source.mediaType ?? 'image/png'};base64,${source.data}`;
  return { type: 'image_url', image_url: { url } };
};

const toCalls = (calls: readonly ToolCallPart[], dialect: ToolDialect): JsonObject => {
  const shown = calls.filter((call) => call.kind !== 'hosted').map(toToolCall);
  const [first] = shown;
  if (first === undefined) return {};
  return dialect === 'tool_calls' ? { tool_calls: shown } : { function_call: first['function'] };
};

const toMessage = (content: readonly ContentPart[], dialect: ToolDialect): JsonObject => {
  const texts = ofType(content, 'text');
  const refusals = ofType(content, 'refusal');
  const reasoning = ofType(content, 'reasoning');
  const thought = reasoning.map((part) => (part.text === '' ? part.summary.join('\n\n') : part.text)).join('');
  const details = reasoning.flatMap((part) => (part.opaque === null ? [] : toReasoningDetails(part.opaque, part)));
  const images = ofType(content, 'image')
    .map(toImage)
    .filter((image) => image !== null);
  return {
    role: 'assistant',
    content: texts.length === 0 ? null : texts.map((part) => part.text).join(''),
    refusal: refusals.length === 0 ? null : refusals.map((part) => part.text).join(''),
    ...(thought === '' ? {} : { reasoning_content: thought }),
    ...(details.length === 0 ? {} : { reasoning_details: details }),
    ...toCalls(ofType(content, 'tool-call'), dialect),
    ...(images.length === 0 ? {} : { images }),
  };
};

const toChoice = (choice: Choice, index: number, dialect: ToolDialect): JsonObject => {
  const message = toMessage(choice.content, dialect);
  const visible = { hasToolCalls: message[dialect] !== undefined, hasRefusal: message['refusal'] !== null };
  const reason = toFinishReason(choice.finish, visible);
  return { index, message, logprobs: null, finish_reason: reason === 'tool_calls' ? dialect : reason };
};

const build = ({ response }: WholeAnswer, { echoModel, gearbox, now, request }: WholeOptions): string => {
  const dialect = usesLegacyFunctions(request) ? 'function_call' : 'tool_calls';
  const usage = toChatUsage(response.usage);
  const completion: Record<string, JsonValue> = {
    id: toChatId(response.id),
    object: 'chat.completion',
    created: response.createdAtSeconds ?? Math.floor(now() / MILLISECONDS_PER_SECOND),
    model: echoModel ?? response.model,
    choices: response.choices.map((choice, index) => toChoice(choice, index, dialect)),
  };
  if (usage !== null) completion['usage'] = usage;
  const tier = toServiceTier(response.usage.serviceTier);
  if (tier !== null) completion['service_tier'] = tier;
  if (gearbox !== null) completion[brand.bodyKey] = gearbox;
  return JSON.stringify(completion);
};

export const renderChatWhole = (answer: WholeAnswer, options: WholeOptions): string => {
  if (answer.protocol !== 'openai-chat') return build(answer, options);
  // Whole answers number their calls by position, so only a list of content parts can be in the way.
  const text = hasContentList(answer.text) ? repairChoices(answer.text, null) : answer.text;
  const named =
    options.echoModel === null ? text : spliceMembers(text, { set: { model: JSON.stringify(options.echoModel) } });
  if (options.gearbox === null) return named;
  const gearbox = JSON.stringify(options.gearbox);
  // A Gearbox behind this one has put its own object there. Where the name is nowhere, nothing has to be looked for.
  return named.includes(QUOTED_KEY)
    ? spliceMembers(named, { set: { [brand.bodyKey]: gearbox } })
    : appendMember(named, brand.bodyKey, gearbox);
};
