/** Grades: outcomes that say how right an answer was, as numbers. */
import type { OutcomeRow } from './store.ts';

type Graded = Pick<OutcomeRow, 'kind' | 'value'>;

const isNumber = (value: unknown): value is number => typeof value === 'number';

/** 0..1 where an outcome grades the answer, else null: thumbs and retries are about people, not about correctness. */
export const gradeOf = ({ kind, value }: Graded): number | null => {
  if (kind === 'correct') return isNumber(value) ? value : null;
  if (kind !== 'tests' || typeof value !== 'object' || value === null) return null;
  const { passed, failed } = value as { readonly passed?: unknown; readonly failed?: unknown };
  return isNumber(passed) && isNumber(failed) && passed + failed > 0 ? passed / (passed + failed) : null;
};

/** Those of one answer, in the order in which they were reported. */
export const gradesOf = (outcomes: readonly Graded[]): readonly number[] =>
  outcomes.flatMap((outcome) => gradeOf(outcome) ?? []);
