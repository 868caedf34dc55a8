/** Usage of Chat Completions, in every shape that servers give it. */
import type { Usage } from '../../canonical/usage.ts';
import { asCount, asRecord, asText } from '../reading.ts';
import type { JsonRecord } from '../reading.ts';

const firstCount = (...values: readonly unknown[]): number | null =>
  values.map(asCount).find((count) => count !== null) ?? null;

/**
 * All output tokens. OpenAI's `completion_tokens` contains the reasoning; xAI's does not (2026-02), which shows in the
 * total: prompt + completion + reasoning.
 */
const toOutput = (raw: JsonRecord, reasoning: number | null): number | null => {
  const completion = firstCount(raw['completion_tokens'], raw['output_tokens']);
  const prompt = firstCount(raw['prompt_tokens'], raw['input_tokens']);
  const total = asCount(raw['total_tokens']);
  if (completion === null || prompt === null || total === null || reasoning === null || reasoning === 0)
    return completion;
  return total === prompt + completion + reasoning ? completion + reasoning : completion;
};

/** Canonical counts. `prompt_tokens` contains what was read from and written to a cache. */
export const toUsage = (value: unknown, serviceTier: unknown): Usage => {
  const raw = asRecord(value) ?? {};
  const prompt = asRecord(raw['prompt_tokens_details']) ?? asRecord(raw['input_tokens_details']) ?? {};
  const completion = asRecord(raw['completion_tokens_details']) ?? asRecord(raw['output_tokens_details']) ?? {};
  const reasoningTokens = firstCount(completion['reasoning_tokens'], raw['reasoning_tokens']);
  return {
    inputTokens: firstCount(raw['prompt_tokens'], raw['input_tokens']),
    // DeepSeek names the hit, Moonshot puts the count beside the others.
    cacheReadTokens: firstCount(prompt['cached_tokens'], raw['prompt_cache_hit_tokens'], raw['cached_tokens']),
    cacheWriteTokens: firstCount(prompt['cache_write_tokens'], prompt['cache_creation_tokens']),
    cacheWriteOneHourTokens: null,
    outputTokens: toOutput(raw, reasoningTokens),
    reasoningTokens,
    searches: null,
    serviceTier: asText(serviceTier) ?? asText(raw['service_tier']) ?? null,
    raw: value ?? null,
  };
};

/** Where a body or a chunk keeps its usage: beside the choices, Groq's `x_groq`, or Moonshot's first choice. */
export const findUsage = (body: JsonRecord): JsonRecord | undefined => {
  const [choice] = Array.isArray(body['choices']) ? (body['choices'] as readonly unknown[]) : [];
  return (
    asRecord(body['usage']) ?? asRecord(asRecord(body['x_groq'])?.['usage']) ?? asRecord(asRecord(choice)?.['usage'])
  );
};
