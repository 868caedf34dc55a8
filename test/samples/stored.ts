/** Rows of a store, for what reads stored decisions and their outcomes. */
import type { DecisionRow, OutcomeRow } from '../../src/store/store.ts';

export const sampleOutcome = (kind: string, value: OutcomeRow['value']): OutcomeRow => ({
  id: 'out_1',
  decisionId: 'dec_1',
  atMs: 0,
  kind,
  value,
  evaluator: 'test',
  note: null,
  weight: 1,
  labelProbability: null,
  simulated: false,
});

/** A real call of a fast component that was answered. */
export const sampleDecisionRow = (members: Partial<DecisionRow> = {}): DecisionRow => ({
  id: 'dec_1',
  atMs: 0,
  keyHash: null,
  sessionId: null,
  requestId: null,
  protocol: 'openai-chat',
  unifiedModel: 'auto',
  component: 'fast',
  deployment: 'provider/small',
  effort: null,
  chosenBy: 'router',
  confidence: 'known',
  simulated: false,
  shadow: false,
  decideMicroseconds: 1,
  costMicroUsd: 2_000,
  result: 'ok',
  json: '{}',
  ...members,
});
