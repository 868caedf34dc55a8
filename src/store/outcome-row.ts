/** From an outcome as it was reported to the row that keeps it. */
import { createId, type IdSources } from '../canonical/identifier.ts';
import type { ParsedOutcome } from '../outcomes/kinds.ts';
import type { OutcomeRow } from './store.ts';

export interface OutcomeRowOptions extends IdSources {
  /** False where `privacy.text` is `none`: a note is a person's text. */
  readonly keepsNotes: boolean;
}

/** Without an `outcome_id` of the reporter's own the row gets a new id, and reporting twice makes two rows. */
export const toOutcomeRow = (outcome: ParsedOutcome, options: OutcomeRowOptions): OutcomeRow => ({
  id: outcome.outcomeId ?? createId('out_', options),
  decisionId: outcome.decisionId,
  atMs: outcome.atMs ?? options.now(),
  kind: outcome.kind,
  value: outcome.value,
  evaluator: outcome.evaluator,
  note: options.keepsNotes ? outcome.note : null,
  weight: 1,
  labelProbability: null,
  // The store marks the outcomes of simulated decisions itself.
  simulated: false,
});
