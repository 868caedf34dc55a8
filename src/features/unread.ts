/** Features of a request whose words were not read: neutral signals that say so, and the size. */
import type { CanonicalRequest } from '../canonical/request.ts';
import { FEATURE_VERSION } from './extract.ts';
import type { Features, Signals } from './signals.ts';
import { estimateInputTokens } from './token-estimate.ts';

/** Weight 0 everywhere: no signal counts. */
const UNREAD_SIGNALS: Signals = {
  conversationType: { value: 'other', weight: 0, evidence: [] },
  complexity: { value: 0.5, weight: 0, evidence: [] },
  toolNeeds: { value: 'none', weight: 0, evidence: [] },
  explicitIntent: { value: 'none', weight: 0, evidence: [] },
};

/** Whether the words behind these features were read. */
export const isRead = (features: Features): boolean => features.signals !== UNREAD_SIGNALS;

export const toUnreadFeatures = (request: CanonicalRequest): Features => ({
  version: FEATURE_VERSION,
  signals: UNREAD_SIGNALS,
  structural: [],
  inputTokensEstimate: estimateInputTokens(request),
});
