/** The `response` object around the items: identity, what was asked, how it ended, what it used. */
import { brand } from '../../brand.ts';
import type { Finish } from '../../canonical/finish.ts';
import type { JsonObject, JsonValue } from '../../canonical/json.ts';
import type { CanonicalRequest } from '../../canonical/request.ts';
import type { Usage } from '../../canonical/usage.ts';
import type { ErrorDescription } from '../codec.ts';

const ID_PREFIX = 'resp_';

/**
 * This protocol's form of an answer's id, for an answer out of another protocol. The provider's own would not do: Ollama
 * draws one of 999, and the client asks for its conversation by it.
 */
export const toResponseId = (answerId: string): string => `${ID_PREFIX}${answerId}`;

/** All members are there: agents crash where a detail is missing. A count that is not known is 0. */
export const toResponsesUsage = (usage: Usage): JsonObject => ({
  input_tokens: usage.inputTokens ?? 0,
  input_tokens_details: {
    cached_tokens: usage.cacheReadTokens ?? 0,
    cache_write_tokens: (usage.cacheWriteTokens ?? 0) + (usage.cacheWriteOneHourTokens ?? 0),
  },
  output_tokens: usage.outputTokens ?? 0,
  output_tokens_details: { reasoning_tokens: usage.reasoningTokens ?? 0 },
  total_tokens: (usage.inputTokens ?? 0) + (usage.outputTokens ?? 0),
});

export interface Identity {
  readonly id: string;
  readonly model: string;
  readonly createdAtSeconds: number;
}

/** Members of a request that its answer repeats, with the value that stands for an absent one. */
const REPEATED: Readonly<Record<string, JsonValue>> = {
  instructions: null,
  max_output_tokens: null,
  metadata: {},
  parallel_tool_calls: true,
  reasoning: { effort: null, summary: null },
  temperature: null,
  text: { format: { type: 'text' } },
  tool_choice: 'auto',
  tools: [],
  top_p: null,
};

const bodyOf = ({ source }: CanonicalRequest): JsonObject => JSON.parse(source.text) as JsonObject; // it was parsed before

/** What the client's request said of memory: upstream is told to keep nothing, whoever answers. */
const toMemoryMembers = (body: JsonObject): JsonObject => ({
  store: body['store'] !== false,
  previous_response_id: body['previous_response_id'] ?? null,
});

const repeat = (request: CanonicalRequest): JsonObject => {
  const body = bodyOf(request);
  const repeated = Object.fromEntries(Object.entries(REPEATED).map(([key, absent]) => [key, body[key] ?? absent]));
  return { ...repeated, ...toMemoryMembers(body) };
};

/** What it said of memory, as edits of the provider's own text. */
export const toMemoryEdits = (request: CanonicalRequest): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(toMemoryMembers(bodyOf(request))).map(([key, value]) => [key, JSON.stringify(value)]),
  );

export type ResponseEnd =
  | { readonly type: 'open' }
  | { readonly type: 'finished'; readonly finish: Finish; readonly usage: Usage }
  | { readonly type: 'failed'; readonly error: ErrorDescription };

const REASONS: Readonly<Partial<Record<Finish['kind'], string>>> = {
  length: 'max_output_tokens',
  content_filter: 'content_filter',
};

/** OpenAI's codes of a failed response; every other failure is the server's. */
const toErrorCode = ({ status }: ErrorDescription): string => (status === 429 ? 'rate_limit_exceeded' : 'server_error');

const toStatus = (end: ResponseEnd): JsonObject => {
  switch (end.type) {
    case 'open':
      return { status: 'in_progress', error: null, incomplete_details: null, usage: null };
    case 'finished': {
      const reason = REASONS[end.finish.kind];
      return {
        status: reason === undefined ? 'completed' : 'incomplete',
        error: null,
        incomplete_details: reason === undefined ? null : { reason },
        usage: toResponsesUsage(end.usage),
      };
    }
    case 'failed':
      return {
        status: 'failed',
        error: { code: toErrorCode(end.error), message: end.error.message },
        incomplete_details: null,
        usage: null,
      };
  }
};

export interface ResponseParts {
  readonly identity: Identity;
  readonly request: CanonicalRequest;
  readonly output: readonly JsonObject[];
  readonly end: ResponseEnd;
  readonly gearbox: JsonObject | null;
}

export const toResponseObject = ({ identity, request, output, end, gearbox }: ResponseParts): JsonObject => ({
  id: identity.id,
  object: 'response',
  created_at: identity.createdAtSeconds,
  model: identity.model,
  ...toStatus(end),
  ...repeat(request),
  output,
  background: false,
  service_tier: request.serviceTier,
  truncation: 'disabled',
  ...(gearbox === null ? {} : { [brand.bodyKey]: gearbox }),
});
