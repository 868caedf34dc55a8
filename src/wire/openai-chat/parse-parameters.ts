/** Parameters of a chat request: sampling, output, reasoning and caching. */
import { EFFORTS } from '../../canonical/effort.ts';
import type { PromptCache, ReasoningControls, ResponseFormat, Sampling } from '../../canonical/request.ts';
import type { FieldNode } from '../field.ts';
import {
  describeGiven,
  fieldError,
  optionalBoolean,
  optionalList,
  optionalNode,
  optionalNumber,
  optionalString,
  optionalWord,
  pathOf,
  requiredName,
  requiredNode,
  toJsonObject,
} from '../field.ts';
import type { ChatLimits } from './limits.ts';

const INTEGER_FROM_ONE = { min: 1, integer: true } as const;
const PENALTY = { min: -2, max: 2 } as const;

const parseStop = (body: FieldNode, maxStopSequences: number): readonly string[] | undefined => {
  const { stop } = body.value;
  if (stop === undefined || stop === null) return undefined;
  if (typeof stop === 'string') return [stop];
  const expected = 'a string or an array of strings';
  if (!Array.isArray(stop)) {
    throw fieldError('stop', { expected, given: describeGiven(stop), fix: `Send ${expected}, or leave \`stop\` out.` });
  }
  const list = optionalList(body, 'stop', maxStopSequences);
  return list?.values.map((value, index) => {
    if (typeof value === 'string') return value;
    const field = `stop[${index}]`;
    throw fieldError(field, { expected: 'a string', given: describeGiven(value), fix: `Send ${expected}.` });
  });
};

/** Drops members that were not sent, so that absent stays absent. */
const compact = (sampling: { readonly [Key in keyof Sampling]: Sampling[Key] | undefined }): Sampling => {
  const result: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(sampling)) if (value !== undefined) result[key] = value;
  return result;
};

export const parseSampling = (body: FieldNode, limits: ChatLimits): Sampling =>
  compact({
    temperature: optionalNumber(body, 'temperature', { min: 0, max: 2 }),
    topP: optionalNumber(body, 'top_p', { min: 0, max: 1 }),
    // Not OpenAI's, but every open-weight server takes it in this protocol; -1 means off there.
    topK: optionalNumber(body, 'top_k', { min: -1, integer: true }),
    seed: optionalNumber(body, 'seed', { integer: true }),
    stop: parseStop(body, limits.maxStopSequences),
    frequencyPenalty: optionalNumber(body, 'frequency_penalty', PENALTY),
    presencePenalty: optionalNumber(body, 'presence_penalty', PENALTY),
    logitBias: toJsonObject(optionalNode(body, 'logit_bias')) ?? undefined,
    logprobs: optionalBoolean(body, 'logprobs'),
    topLogprobs: optionalNumber(body, 'top_logprobs', { min: 0, integer: true }),
    choices: optionalNumber(body, 'n', { ...INTEGER_FROM_ONE, max: limits.maxChoices }),
  });

/** `max_completion_tokens`, or its deprecated name; 0 is an error and never "the default". */
export const parseMaxOutputTokens = (body: FieldNode): number | null => {
  const current = optionalNumber(body, 'max_completion_tokens', INTEGER_FROM_ONE);
  const deprecated = optionalNumber(body, 'max_tokens', INTEGER_FROM_ONE);
  if (current !== undefined && deprecated !== undefined && current !== deprecated) {
    throw fieldError('max_tokens', {
      expected: `the same value as \`max_completion_tokens\` (${current})`,
      given: String(deprecated),
      fix: 'Send `max_completion_tokens` alone; `max_tokens` is its deprecated name.',
    });
  }
  return current ?? deprecated ?? null;
};

export const parseReasoningControls = (body: FieldNode): ReasoningControls => ({
  effort: optionalWord(body, 'reasoning_effort', EFFORTS) ?? null,
  budgetTokens: null,
  summary: null,
  mode: null,
});

export const parseResponseFormat = (body: FieldNode): ResponseFormat | null => {
  const format = optionalNode(body, 'response_format');
  if (format === undefined) return null;
  const { type } = format.value;
  if (type === 'text') return { type: 'text' };
  if (type === 'json_object') return { type: 'json-object' };
  if (type !== 'json_schema') {
    throw fieldError(pathOf(format, 'type'), {
      expected: 'one of text, json_object, json_schema',
      given: describeGiven(type),
      fix: 'Use one of these types.',
    });
  }
  const definition = requiredNode(format, 'json_schema');
  return {
    type: 'json-schema',
    name: requiredName(definition, 'name'),
    description: optionalString(definition, 'description') ?? null,
    schema: toJsonObject(optionalNode(definition, 'schema')) ?? {},
    strict: optionalBoolean(definition, 'strict') ?? null,
  };
};

export const parsePromptCache = (body: FieldNode): PromptCache | null => {
  const key = optionalString(body, 'prompt_cache_key') ?? null;
  const retention = optionalString(body, 'prompt_cache_retention') ?? null;
  const options = toJsonObject(optionalNode(body, 'prompt_cache_options'));
  return key === null && retention === null && options === null ? null : { key, retention, options };
};

export const parseModalities = (body: FieldNode): readonly string[] => {
  const list = optionalList(body, 'modalities', 8);
  if (list === undefined) return ['text'];
  return list.values.map((value, index) => {
    if (typeof value === 'string') return value;
    throw fieldError(`modalities[${index}]`, {
      expected: 'a string',
      given: describeGiven(value),
      fix: 'Use the words text and audio.',
    });
  });
};
