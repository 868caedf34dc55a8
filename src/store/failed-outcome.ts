/** Which outcomes say that an answer failed, so that its text is worth keeping for diagnosis. */
import type { OutcomeRow } from './store.ts';

/** Measured correctness below this counts as a failed answer. */
const CORRECT_FROM = 0.5;

const FAILING_EVENTS: ReadonlySet<string> = new Set(['regenerate', 'reask', 'switch']);

/** Whether the outcome speaks against the answer. A preference never does here: the loser is another decision. */
export const isFailedOutcome = ({ kind, value }: Pick<OutcomeRow, 'kind' | 'value'>): boolean => {
  if (FAILING_EVENTS.has(kind)) {
    return true;
  }
  if (kind === 'tests') {
    return typeof value === 'object' && value !== null && 'failed' in value && Number(value.failed) > 0;
  }
  return (
    (kind === 'correct' && typeof value === 'number' && value < CORRECT_FROM) ||
    (kind === 'thumb' && value === -1) ||
    (kind === 'valid' && value === false)
  );
};
