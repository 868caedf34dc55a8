/** The sentences that stand in for a parameter that a model does not have. Changing one changes answers: they are data. */
import type { Verbosity } from '../canonical/effort.ts';
import type { ResponseFormat } from '../canonical/request.ts';

const VERBOSITY_HINTS: Readonly<Record<Verbosity, string | null>> = {
  low: 'Answer as briefly as the question allows: no introduction, no repetition of the question, no summary at the end.',
  // Medium is what models do when nothing is said.
  medium: null,
  high: 'Answer in detail: explain the reasons, cover the important cases, and give examples where they help.',
};

/** The sentence for a verbosity that the model has no parameter for; null when none is needed. */
export const verbosityHint = (verbosity: Verbosity | null): string | null =>
  verbosity === null ? null : VERBOSITY_HINTS[verbosity];

/** The sentence for a response format that the model cannot be held to; null when none is needed. */
export const formatHint = (format: ResponseFormat | null): string | null => {
  if (format === null || format.type === 'text') return null;
  const only = 'Answer with one JSON object and nothing else: no code fence, no text before or after it.';
  return format.type === 'json-object'
    ? only
    : `${only} It must match this JSON Schema:\n${JSON.stringify(format.schema)}`;
};
