/** How many tokens a request would be, for clients that plan by it. */
import type { CanonicalRequest } from '../canonical/request.ts';
import { estimateInputTokens } from '../features/token-estimate.ts';

/** Estimated input tokens, at least 1: the same figure that limits and costs are reckoned with before a call. */
export const countInputTokens = (request: CanonicalRequest): number => Math.max(1, estimateInputTokens(request));
