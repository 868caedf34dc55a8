/** A Messages request as text, into canonical form. */
import { brand } from '../../brand.ts';
import type { JsonValue } from '../../canonical/json.ts';
import type { CanonicalRequest } from '../../canonical/request.ts';
import { parseJson } from '../../json/parse.ts';
import type { FieldNode } from '../field.ts';
import { fieldError, optionalBoolean, optionalNumber, optionalString, requiredName, toNode } from '../field.ts';
import type { MessagesLimits } from './limits.ts';
import { DEFAULT_MESSAGES_LIMITS } from './limits.ts';
import { parseMessages } from './parse-messages.ts';
import { parseEndUser, parseReasoningControls, parseResponseFormat, parseSampling } from './parse-parameters.ts';
import { parseToolChoice, parseTools } from './parse-tools.ts';

/** Members that the canonical form holds. Others are valid, but only a provider of this same protocol gets them. */
const KNOWN_MEMBERS = new Set([
  'model',
  'messages',
  'system',
  'max_tokens',
  'tools',
  'tool_choice',
  'thinking',
  'output_config',
  'temperature',
  'top_p',
  'top_k',
  'stop_sequences',
  'stream',
  'service_tier',
  'metadata',
  brand.bodyKey,
]);

/** The protocol demands a limit; a count of tokens is asked for without one. */
export type LimitRule = 'required' | 'optional';

const parseMaxTokens = (body: FieldNode, rule: LimitRule): number | null => {
  const limit = optionalNumber(body, 'max_tokens', { min: 0, integer: true });
  if (limit !== undefined || rule === 'optional') return limit ?? null;
  const fix = 'Add `max_tokens`, the most tokens that the answer may have.';
  throw fieldError('max_tokens', { expected: 'an integer', given: 'nothing', fix });
};

/** Throws InvalidRequestError that names the field, what was expected, what was given, and the fix. */
export const parseMessagesRequest = (
  text: string,
  limits: MessagesLimits = DEFAULT_MESSAGES_LIMITS,
  rule: LimitRule = 'required',
): CanonicalRequest => {
  const { value } = toNode(parseJson(text, { maxDepth: limits.maxDepth }), 'body');
  const body: FieldNode = { path: '', value };
  const controls = value[brand.bodyKey];
  return {
    source: { protocol: 'anthropic-messages', text },
    model: requiredName(body, 'model'),
    messages: parseMessages(body, limits),
    tools: parseTools(body, limits.maxTools),
    ...parseToolChoice(body),
    sampling: parseSampling(body, limits),
    maxOutputTokens: parseMaxTokens(body, rule),
    reasoning: parseReasoningControls(body),
    verbosity: null,
    responseFormat: parseResponseFormat(body),
    stream: optionalBoolean(body, 'stream') ?? false,
    includeUsage: true,
    serviceTier: optionalString(body, 'service_tier') ?? null,
    cache: null,
    outputModalities: ['text'],
    endUser: parseEndUser(body),
    metadata: null,
    // Out of JSON.parse, so it is JSON; the router validates it.
    controls: controls === null ? undefined : (controls as JsonValue | undefined),
    unknownMembers: Object.keys(value).filter((key) => !KNOWN_MEMBERS.has(key)),
  };
};
