/**
 * Anthropic's Messages as a client protocol:
 *
 * - `parseRequest(text)`: CanonicalRequest, or InvalidRequestError with `field` and `blocking`;
 * - `renderWhole(answer, options)`: the provider's own text spliced, or a `message` from canonical form;
 * - `createStreamRenderer(options)`: passthrough or translation, decided by the protocol of the first frame;
 * - `renderError(error)`: `{type: "error", error: {type, message}, gearbox?}`.
 */
import type { ClientCodec } from '../codec.ts';
import { createMessagesContinuation } from './continuation.ts';
import { DEFAULT_MESSAGES_LIMITS, type MessagesLimits } from './limits.ts';
import { parseMessagesRequest } from './parse-request.ts';
import { renderMessagesError } from './render-error.ts';
import { renderMessagesWhole } from './render-whole.ts';
import { createMessagesStreamRenderer } from './stream-renderer.ts';

export const createAnthropicMessagesCodec = (limits: Partial<MessagesLimits> = {}): ClientCodec => {
  const all = { ...DEFAULT_MESSAGES_LIMITS, ...limits };
  return {
    protocol: 'anthropic-messages',
    parseRequest: (text) => parseMessagesRequest(text, all),
    renderWhole: renderMessagesWhole,
    createStreamRenderer: createMessagesStreamRenderer,
    createContinuation: createMessagesContinuation,
    renderError: renderMessagesError,
  };
};

/** With the default limits, for use without a server. */
export const anthropicMessagesCodec: ClientCodec = createAnthropicMessagesCodec();
