/** Parameters of a Messages request: thinking, effort, output format, sampling. */
import { EFFORTS, type Effort } from '../../canonical/effort.ts';
import type { ReasoningControls, ResponseFormat, Sampling } from '../../canonical/request.ts';
import type { FieldNode } from '../field.ts';
import {
  fieldError,
  optionalList,
  optionalNode,
  optionalNumber,
  optionalWord,
  requiredNode,
  requiredString,
} from '../field.ts';
import type { MessagesLimits } from './limits.ts';

const THINKING = ['enabled', 'disabled', 'adaptive'] as const;
const DISPLAYS = ['summarized', 'omitted'] as const;

/**
 * Budgets are read back into the ladder in buckets; each effort's own budget, as sent to providers that think by budget,
 * lies inside its bucket, so that effort → budget → effort is the identity.
 */
const BUDGET_LIMITS: readonly (readonly [limitTokens: number, effort: Effort])[] = [
  [2_000, 'low'],
  [8_000, 'medium'],
  [24_000, 'high'],
];

const fromBudget = (tokens: number): Effort => BUDGET_LIMITS.find(([limit]) => tokens < limit)?.[1] ?? 'xhigh';

/** `thinking` and `output_config.effort`; effort wins over the depth that a budget implies, as the finer word. */
export const parseReasoningControls = (body: FieldNode): ReasoningControls => {
  const thinking = optionalNode(body, 'thinking');
  const output = optionalNode(body, 'output_config');
  const type = thinking === undefined ? undefined : optionalWord(thinking, 'type', THINKING);
  const budgetTokens =
    thinking === undefined || type !== 'enabled'
      ? null
      : (optionalNumber(thinking, 'budget_tokens', { min: 0, integer: true }) ?? null);
  const display = thinking === undefined ? undefined : optionalWord(thinking, 'display', DISPLAYS);
  const asked = output === undefined ? undefined : optionalWord(output, 'effort', EFFORTS);
  const implied = type === 'disabled' ? 'none' : budgetTokens === null ? null : fromBudget(budgetTokens);
  return {
    // Disabled thinking beside an effort: the effort then speaks of the answer's thoroughness only.
    effort: type === 'disabled' ? 'none' : (asked ?? implied),
    budgetTokens,
    summary: display === undefined ? null : display === 'omitted' ? 'none' : 'auto',
    mode: null,
  };
};

const FORMATS = ['json_schema'] as const;
/** The protocol gives schemas no name; others want one. */
const SCHEMA_NAME = 'answer';

export const parseResponseFormat = (body: FieldNode): ResponseFormat | null => {
  const output = optionalNode(body, 'output_config');
  const format = output === undefined ? undefined : optionalNode(output, 'format');
  if (format === undefined || optionalWord(format, 'type', FORMATS) === undefined) return null;
  const schema = requiredNode(format, 'schema').value as Extract<ResponseFormat, { type: 'json-schema' }>['schema'];
  return { type: 'json-schema', name: SCHEMA_NAME, description: null, schema, strict: true };
};

const parseStop = (body: FieldNode, { maxStopSequences }: MessagesLimits): readonly string[] | undefined => {
  const list = optionalList(body, 'stop_sequences', maxStopSequences);
  return list?.values.map((value, index) => {
    if (typeof value === 'string') return value;
    const field = `${list.path}[${index}]`;
    throw fieldError(field, { expected: 'a string', given: typeof value, fix: `Send a string at \`${field}\`.` });
  });
};

/** `temperature` from 0 to 1, as the protocol has it. */
export const parseSampling = (body: FieldNode, limits: MessagesLimits): Sampling => {
  const temperature = optionalNumber(body, 'temperature', { min: 0, max: 1 });
  const topP = optionalNumber(body, 'top_p', { min: 0, max: 1 });
  const topK = optionalNumber(body, 'top_k', { min: 0, integer: true });
  const stop = parseStop(body, limits);
  return {
    ...(temperature === undefined ? {} : { temperature }),
    ...(topP === undefined ? {} : { topP }),
    ...(topK === undefined ? {} : { topK }),
    ...(stop === undefined ? {} : { stop }),
  };
};

/** Who the call is for, as the client named it. */
export const parseEndUser = (body: FieldNode): string | null => {
  const metadata = optionalNode(body, 'metadata');
  return metadata === undefined || metadata.value['user_id'] === undefined || metadata.value['user_id'] === null
    ? null
    : requiredString(metadata, 'user_id');
};
