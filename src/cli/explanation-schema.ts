/** An explanation as the command line reads it, from a live decision or from a stored one. */
import { z } from 'zod';

const evidence = z.array(z.object({ rule: z.string(), offset: z.number().nullable(), length: z.number().nullable() }));

const signal = z.object({ value: z.union([z.string(), z.number()]), weight: z.number(), evidence });

const candidate = z.object({
  component: z.string(),
  effort: z.string().nullable(),
  p_success: z.object({ value: z.number(), low: z.number(), high: z.number() }).nullable(),
  source: z.string().nullable(),
  /** Absent in stored decisions. */
  graded_calls: z.number().optional(),
  /** Absent in stored decisions. */
  published_score: z.object({ benchmark: z.string(), percent: z.number().nullable(), logits: z.number() }).nullish(),
  cost_usd: z.object({ p50: z.number(), p90: z.number() }).nullable(),
  ttft_ms: z.number().nullable(),
  total_ms: z.number().nullable(),
  /** Absent in stored decisions. */
  cache_loss_usd: z.number().nullish(),
  excluded: z
    .object({ code: z.string(), constraint: z.string(), expected: z.string(), given: z.string(), fix: z.string() })
    .nullable(),
});

/** Absent in records of older versions, null where the router was not trained. */
const ground = z
  .object({
    known: z.boolean(),
    similarity: z.number().nullable(),
    threshold: z.number(),
    fast: z.number().nullable(),
    thinking: z.number().nullable(),
    gain_deviation: z.number().nullable(),
  })
  .nullish();

export const explanationSchema = z.object({
  decision_id: z.string().nullable(),
  component: z.string(),
  model: z.string(),
  chosen_by: z.string(),
  reason: z.string(),
  reason_codes: z.array(z.string()),
  confidence: z.string(),
  effort: z.object({ requested: z.string().nullable(), applied: z.string().nullable(), how: z.string() }),
  warnings: z.array(z.object({ code: z.string(), param: z.string().nullable(), message: z.string().nullish() })),
  simulated: z.boolean(),
  signals: z.object({
    conversation_type: signal,
    complexity: signal,
    tool_needs: signal,
    explicit_intent: signal,
  }),
  ground,
  /** Absent in stored decisions. */
  session: z
    .object({
      id: z.string().nullable(),
      source: z.string(),
      decision: z.string(),
      turns: z.number(),
      component: z.string().nullable(),
      warm: z.array(z.object({ component: z.string(), cached_tokens: z.number() })),
    })
    .nullish(),
  candidates: z.array(candidate),
  would_change: z.array(z.object({ if: z.string(), then: z.string() })),
  baseline: z.object({ component: z.string(), cost_usd: z.number().nullable() }).nullable(),
  estimate_usd: z.number().nullable(),
  wait_ms: z.number().nullable(),
  against: z
    .object({
      component: z.string(),
      effort: z.string().nullable(),
      gain_points: z.number(),
      extra_usd: z.number().nullable(),
      usd_per_extra_success: z.number().nullable(),
    })
    .nullable(),
  versions: z.record(z.string(), z.string()),
  decide_us: z.number(),
  /** Only of a decision that was carried out. */
  outcome: z
    .object({ at: z.string(), result: z.string(), cost_usd: z.number().nullable(), attempts: z.number() })
    .nullish(),
});

export type Explanation = z.infer<typeof explanationSchema>;

const MICRO_PER_USD = 1_000_000;

const storedCandidate = z.object({
  component: z.string(),
  effort: z.string().nullable(),
  excluded: candidate.shape.excluded,
  p: z.tuple([z.number(), z.number(), z.number()]).nullable(),
  source: z.string().nullable(),
  cost_micro_usd: z.tuple([z.number(), z.number()]).nullable(),
  first_token_ms: z.number().nullable(),
  total_ms: z.number().nullable(),
});

const stored = z.object({
  decision_id: z.string(),
  at: z.string(),
  component: z.string(),
  model: z.string(),
  chosen_by: z.string(),
  confidence: z.string(),
  reason: z.string(),
  reason_codes: z.array(z.string()),
  effort: explanationSchema.shape.effort,
  warnings: explanationSchema.shape.warnings,
  simulated: z.boolean(),
  signals: explanationSchema.shape.signals,
  ground,
  candidates: z.array(storedCandidate),
  chosen: z.number(),
  baseline: z.object({ component: z.string(), micro_usd: z.number().nullable() }).nullable(),
  versions: z.record(z.string(), z.string()),
  decide_us: z.number(),
  result: z.string(),
  cost_usd: z.number().nullable(),
  attempts: z.array(z.unknown()),
});

const fromStoredCandidate = (row: z.infer<typeof storedCandidate>): z.infer<typeof candidate> => ({
  component: row.component,
  effort: row.effort,
  excluded: row.excluded,
  source: row.source,
  p_success: row.p === null ? null : { value: row.p[0], low: row.p[1], high: row.p[2] },
  cost_usd:
    row.cost_micro_usd === null
      ? null
      : { p50: row.cost_micro_usd[0] / MICRO_PER_USD, p90: row.cost_micro_usd[1] / MICRO_PER_USD },
  ttft_ms: row.first_token_ms,
  total_ms: row.total_ms,
});

/** A stored decision in the same shape. What would have changed it is not stored: nothing is re-decided here. */
export const fromStoredDecision = (value: unknown): Explanation => {
  const row = stored.parse(value);
  const candidates = row.candidates.map(fromStoredCandidate);
  const chosen = candidates[row.chosen];
  const { candidates: _candidates, chosen: _chosen, baseline, at, result, attempts, cost_usd: cost, ...same } = row;
  return {
    ...same,
    candidates,
    would_change: [],
    baseline:
      baseline === null
        ? null
        : {
            component: baseline.component,
            cost_usd: baseline.micro_usd === null ? null : baseline.micro_usd / MICRO_PER_USD,
          },
    estimate_usd: chosen?.cost_usd?.p50 ?? null,
    wait_ms: chosen?.total_ms ?? null,
    against: null,
    outcome: { at, result, cost_usd: cost, attempts: attempts.length },
  };
};
