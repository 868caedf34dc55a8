/** A chat completions request as text, into canonical form. */
import { brand } from '../../brand.ts';
import { VERBOSITIES } from '../../canonical/effort.ts';
import type { JsonValue } from '../../canonical/json.ts';
import type { CanonicalRequest } from '../../canonical/request.ts';
import { parseJson } from '../../json/parse.ts';
import type { FieldNode } from '../field.ts';
import {
  optionalBoolean,
  optionalNode,
  optionalString,
  optionalWord,
  requiredName,
  toJsonObject,
  toNode,
} from '../field.ts';
import type { ChatLimits } from './limits.ts';
import { DEFAULT_CHAT_LIMITS } from './limits.ts';
import { parseMessages } from './parse-messages.ts';
import {
  parseMaxOutputTokens,
  parseModalities,
  parsePromptCache,
  parseReasoningControls,
  parseResponseFormat,
  parseSampling,
} from './parse-parameters.ts';
import { parseToolChoice, parseTools } from './parse-tools.ts';

/**
 * Members that the canonical form holds. Others (`prediction`, `audio`, `store`, `web_search_options`, a server's own
 * extensions) are valid, but only a provider that speaks this same protocol gets them.
 */
const KNOWN_MEMBERS = new Set([
  'model',
  'messages',
  'tools',
  'tool_choice',
  'functions',
  'function_call',
  'parallel_tool_calls',
  'temperature',
  'top_p',
  'top_k',
  'seed',
  'stop',
  'frequency_penalty',
  'presence_penalty',
  'logit_bias',
  'logprobs',
  'top_logprobs',
  'n',
  'max_completion_tokens',
  'max_tokens',
  'reasoning_effort',
  'verbosity',
  'response_format',
  'stream',
  'stream_options',
  'service_tier',
  'prompt_cache_key',
  'prompt_cache_retention',
  'prompt_cache_options',
  'modalities',
  'user',
  'safety_identifier',
  'metadata',
  brand.bodyKey,
]);

const parseIncludeUsage = (body: FieldNode): boolean => {
  const options = optionalNode(body, 'stream_options');
  return options !== undefined && optionalBoolean(options, 'include_usage') === true;
};

const parseControls = (body: FieldNode): JsonValue | undefined => {
  const controls = body.value[brand.bodyKey];
  // Out of JSON.parse, so it is JSON; the router validates it.
  return controls === null ? undefined : (controls as JsonValue | undefined);
};

/** Throws InvalidRequestError that names the field, what was expected, what was given, and the fix. */
export const parseChatRequest = (text: string, limits: ChatLimits = DEFAULT_CHAT_LIMITS): CanonicalRequest => {
  const { value } = toNode(parseJson(text, { maxDepth: limits.maxDepth }), 'body');
  const body: FieldNode = { path: '', value };
  const stream = optionalBoolean(body, 'stream') ?? false;
  return {
    source: { protocol: 'openai-chat', text },
    model: requiredName(body, 'model'),
    messages: parseMessages(body, limits),
    tools: parseTools(body, limits.maxTools),
    toolChoice: parseToolChoice(body, limits.maxTools),
    parallelToolCalls: optionalBoolean(body, 'parallel_tool_calls') ?? null,
    sampling: parseSampling(body, limits),
    maxOutputTokens: parseMaxOutputTokens(body),
    reasoning: parseReasoningControls(body),
    verbosity: optionalWord(body, 'verbosity', VERBOSITIES) ?? null,
    responseFormat: parseResponseFormat(body),
    stream,
    includeUsage: stream && parseIncludeUsage(body),
    serviceTier: optionalString(body, 'service_tier') ?? null,
    cache: parsePromptCache(body),
    outputModalities: parseModalities(body),
    endUser: optionalString(body, 'safety_identifier') ?? optionalString(body, 'user') ?? null,
    metadata: toJsonObject(optionalNode(body, 'metadata')),
    controls: parseControls(body),
    unknownMembers: Object.keys(value).filter((key) => !KNOWN_MEMBERS.has(key)),
  };
};
