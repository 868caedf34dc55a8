/** The gateway's own routes, as the harness uses them: reading decisions back and reporting outcomes. */
import { request } from 'undici';
import { z } from 'zod';
import { brand } from '../brand.ts';
import { DataError } from '../errors.ts';

const decisionSchema = z.object({
  decision_id: z.string(),
  component: z.string(),
  decide_us: z.number(),
  cost_usd: z.number().nullable(),
  outcomes: z.array(z.object({ kind: z.string(), evaluator: z.string().nullable(), value: z.unknown() })),
});

export type StoredDecision = z.infer<typeof decisionSchema>;

const reportSchema = z.object({ added: z.number(), duplicates: z.number(), unknown_decisions: z.number() });

export type OutcomeReport = z.infer<typeof reportSchema>;

export interface ReportedOutcome {
  readonly decision_id: string;
  readonly outcome_id: string;
  readonly kind: 'correct';
  readonly value: number;
  readonly evaluator: string;
}

/** Null: there is no such decision. Throws DataError for any other answer. */
export const fetchDecision = async (url: string, id: string): Promise<StoredDecision | null> => {
  const { statusCode, body } = await request(`${url}${brand.clientPath}/decisions/${id}`);
  const text = await body.text();
  if (statusCode === 404) {
    return null;
  }
  if (statusCode !== 200) {
    throw new DataError(`reading decision ${id}: expected status 200, given ${statusCode}: ${text.slice(0, 300)}`);
  }
  return decisionSchema.parse(JSON.parse(text));
};

/** Throws DataError where the endpoint refuses. */
export const postOutcomes = async (url: string, outcomes: readonly ReportedOutcome[]): Promise<OutcomeReport> => {
  const { statusCode, body } = await request(`${url}${brand.clientPath}/outcomes`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(outcomes),
  });
  const text = await body.text();
  if (statusCode !== 200) {
    throw new DataError(`reporting outcomes: expected status 200, given ${statusCode}: ${text.slice(0, 300)}`);
  }
  return reportSchema.parse(JSON.parse(text));
};
