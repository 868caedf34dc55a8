/** Features of a request in which nothing is left to choose: its size, and whether its words object. */
import type { CanonicalRequest } from '../canonical/request.ts';
import { FEATURE_VERSION } from './extract.ts';
import { readIntent } from './intent.ts';
import { normalise } from './normalise.ts';
import type { Features, Signals } from './signals.ts';
import { estimateInputTokens } from './token-estimate.ts';
import { tokenise } from './tokens.ts';
import { readUserWords } from './user-words.ts';
import { NO_GRAMS } from './word-grams.ts';

/** Weight 0: not read, so it counts for nothing. */
const UNREAD: Omit<Signals, 'explicitIntent'> = {
  conversationType: { value: 'other', weight: 0, evidence: [] },
  complexity: { value: 0.5, weight: 0, evidence: [] },
  toolNeeds: { value: 'none', weight: 0, evidence: [] },
};

/**
 * A third of the work of `extractFeatures`. The explicit intent is read, because words that lose against a component
 * called by name are reported; type, complexity and tool needs would change nothing.
 */
export const extractSettledFeatures = (request: CanonicalRequest): Features => {
  const text = normalise(readUserWords(request).text);
  return {
    version: FEATURE_VERSION,
    signals: { ...UNREAD, explicitIntent: readIntent(tokenise(text), text.length) },
    structural: [],
    grams: NO_GRAMS,
    inputTokensEstimate: estimateInputTokens(request),
  };
};
