/** A Responses request as text, into canonical form. */
import { brand } from '../../brand.ts';
import type { JsonValue } from '../../canonical/json.ts';
import type { CanonicalRequest } from '../../canonical/request.ts';
import type { Tool } from '../../canonical/tool.ts';
import { parseJson } from '../../json/parse.ts';
import type { FieldNode } from '../field.ts';
import {
  optionalBoolean,
  optionalNode,
  optionalNumber,
  optionalString,
  requiredName,
  toJsonObject,
  toNode,
} from '../field.ts';
import { parsePromptCache } from '../openai-chat/parse-parameters.ts';
import { parseToolChoice, parseTools } from '../openai-chat/parse-tools.ts';
import type { ResponsesLimits } from './limits.ts';
import { DEFAULT_RESPONSES_LIMITS } from './limits.ts';
import { parseInput } from './parse-input.ts';
import { parseReasoningControls, parseSampling, parseTextControls, refuseMemory } from './parse-parameters.ts';

/**
 * Members that the canonical form holds, or that ask for what happens anyhow (`store: false`, `include`). Others are
 * reported as dropped by whoever cannot say them.
 */
const KNOWN_MEMBERS = new Set([
  'model',
  'input',
  'instructions',
  'tools',
  'tool_choice',
  'parallel_tool_calls',
  'reasoning',
  'text',
  'temperature',
  'top_p',
  'top_logprobs',
  'max_output_tokens',
  'stream',
  'stream_options',
  'store',
  'include',
  'background',
  'previous_response_id',
  'conversation',
  'prompt',
  'service_tier',
  'prompt_cache_key',
  'prompt_cache_retention',
  'prompt_cache_options',
  'metadata',
  'user',
  'safety_identifier',
  'client_metadata',
  brand.bodyKey,
]);

/** The shapes of both OpenAI protocols are read alike; a tool that the provider runs is known to its own one only. */
const parseOwnTools = (body: FieldNode, maxTools: number): readonly Tool[] =>
  parseTools(body, maxTools).map((tool) => (tool.type === 'hosted' ? { ...tool, protocol: 'openai-responses' } : tool));

const isUnknown = (key: string, value: unknown): boolean =>
  // Cutting nothing off is what happens anyhow.
  !KNOWN_MEMBERS.has(key) && value !== null && !(key === 'truncation' && value === 'disabled');

/** A call names its model; a count of tokens may leave it out. */
export type ModelRule = 'required' | 'optional';

/** Throws InvalidRequestError that names the field, what was expected, what was given, and the fix. */
export const parseResponsesRequest = (
  text: string,
  limits: ResponsesLimits = DEFAULT_RESPONSES_LIMITS,
  rule: ModelRule = 'required',
): CanonicalRequest => {
  const { value } = toNode(parseJson(text, { maxDepth: limits.maxDepth }), 'body');
  const body: FieldNode = { path: '', value };
  refuseMemory(body);
  const controls = value[brand.bodyKey];
  return {
    source: { protocol: 'openai-responses', text },
    model: rule === 'required' ? requiredName(body, 'model') : (optionalString(body, 'model') ?? ''),
    messages: parseInput(body, limits),
    tools: parseOwnTools(body, limits.maxTools),
    toolChoice: parseToolChoice(body, limits.maxTools),
    parallelToolCalls: optionalBoolean(body, 'parallel_tool_calls') ?? null,
    sampling: parseSampling(body),
    maxOutputTokens: optionalNumber(body, 'max_output_tokens', { min: 1, integer: true }) ?? null,
    reasoning: parseReasoningControls(body),
    ...parseTextControls(body),
    stream: optionalBoolean(body, 'stream') ?? false,
    includeUsage: true,
    serviceTier: optionalString(body, 'service_tier') ?? null,
    cache: parsePromptCache(body),
    outputModalities: ['text'],
    endUser: optionalString(body, 'safety_identifier') ?? optionalString(body, 'user') ?? null,
    metadata: toJsonObject(optionalNode(body, 'metadata')),
    // Out of JSON.parse, so it is JSON; the router validates it.
    controls: controls === null ? undefined : (controls as JsonValue | undefined),
    unknownMembers: Object.keys(value).filter((key) => isUnknown(key, value[key])),
  };
};
