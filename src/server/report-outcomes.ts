/** Outcomes that are reported over HTTP: into the store, and what is said about each. */
import type { ParsedOutcome } from '../outcomes/kinds.ts';
import { toOutcomeRow } from '../store/outcome-row.ts';
import type { OutcomeResult } from '../store/store.ts';
import type { ServerContext } from './context.ts';

const NONE: ReadonlySet<string> = new Set();

/**
 * Resolves once they are durable: the fate of each in the order given, and how many had which. Outcomes of a `foreign`
 * decision are reported like those of one that does not exist, and the others are taken.
 */
export const addOutcomes = async (
  parsed: readonly ParsedOutcome[],
  { ids, settings, store }: Pick<ServerContext, 'ids' | 'settings' | 'store'>,
  foreign: ReadonlySet<string> = NONE,
) => {
  const keepsNotes = settings.privacy.text !== 'none';
  const rows = parsed.map((outcome) => toOutcomeRow(outcome, { ...ids, keepsNotes }));
  const accepted = rows.filter(({ decisionId }) => !foreign.has(decisionId));
  // The decision of an answer that has just been given may still wait in its batch.
  await store.flush();
  const stored = accepted.length === 0 ? [] : await store.addOutcomes(accepted);
  const results = new Map(accepted.map((row, index) => [row, stored[index]]));
  const outcomes = rows.map((row) => ({
    outcome_id: row.id,
    decision_id: row.decisionId,
    result: results.get(row) ?? ('unknown_decision' as const),
  }));
  const count = (wanted: OutcomeResult): number => outcomes.filter(({ result }) => result === wanted).length;
  return {
    outcomes,
    added: count('added'),
    duplicates: count('duplicate'),
    unknown_decisions: count('unknown_decision'),
  };
};
