/** Parameters of a Responses request: reasoning, text, sampling, and what needs a memory that is not kept. */
import { EFFORTS, VERBOSITIES, type Verbosity } from '../../canonical/effort.ts';
import type { ReasoningControls, ResponseFormat, Sampling } from '../../canonical/request.ts';
import type { FieldNode } from '../field.ts';
import {
  describeGiven,
  fieldError,
  optionalBoolean,
  optionalNode,
  optionalNumber,
  optionalString,
  optionalWord,
  pathOf,
  requiredName,
  requiredNode,
  toJsonObject,
} from '../field.ts';

const SUMMARIES = ['auto', 'concise', 'detailed'] as const;
const MODES = ['standard', 'pro'] as const;

export const parseReasoningControls = (body: FieldNode): ReasoningControls => {
  const node = optionalNode(body, 'reasoning');
  if (node === undefined) return { effort: null, budgetTokens: null, summary: null, mode: null };
  return {
    effort: optionalWord(node, 'effort', EFFORTS) ?? null,
    budgetTokens: null,
    summary: optionalWord(node, 'summary', SUMMARIES) ?? optionalWord(node, 'generate_summary', SUMMARIES) ?? null,
    mode: optionalWord(node, 'mode', MODES) ?? null,
  };
};

const parseFormat = (format: FieldNode): ResponseFormat => {
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
  return {
    type: 'json-schema',
    name: requiredName(format, 'name'),
    description: optionalString(format, 'description') ?? null,
    schema: toJsonObject(requiredNode(format, 'schema')) ?? {},
    strict: optionalBoolean(format, 'strict') ?? null,
  };
};

export interface TextControls {
  readonly responseFormat: ResponseFormat | null;
  readonly verbosity: Verbosity | null;
}

export const parseTextControls = (body: FieldNode): TextControls => {
  const text = optionalNode(body, 'text');
  const format = text === undefined ? undefined : optionalNode(text, 'format');
  return {
    responseFormat: format === undefined ? null : parseFormat(format),
    verbosity: (text === undefined ? undefined : optionalWord(text, 'verbosity', VERBOSITIES)) ?? null,
  };
};

export const parseSampling = (body: FieldNode): Sampling => {
  const temperature = optionalNumber(body, 'temperature', { min: 0, max: 2 });
  const topP = optionalNumber(body, 'top_p', { min: 0, max: 1 });
  const topLogprobs = optionalNumber(body, 'top_logprobs', { min: 0, integer: true });
  return {
    ...(temperature === undefined ? {} : { temperature }),
    ...(topP === undefined ? {} : { topP }),
    ...(topLogprobs === undefined || topLogprobs === 0 ? {} : { logprobs: true, topLogprobs }),
  };
};

/** Members that lean on something kept from an earlier call, with what a client can do instead. */
const MEMORY: Readonly<Record<string, string>> = {
  conversation: 'Send the whole conversation in `input`; conversations are not kept here.',
  prompt: 'Send the text of the prompt in `instructions` and `input`; stored prompts exist at OpenAI only.',
};

/** Throws InvalidRequestError for what would need a memory: answering without it would be another answer than asked for. */
export const refuseMemory = (body: FieldNode): void => {
  for (const [member, fix] of Object.entries(MEMORY)) {
    const value = body.value[member];
    if (value === undefined || value === null) continue;
    throw fieldError(member, { expected: 'nothing', given: describeGiven(value), fix });
  }
  if (optionalBoolean(body, 'background') !== true) return;
  const fix = 'Leave `background` out and stream the answer instead.';
  throw fieldError('background', { expected: 'false', given: 'true', fix });
};
