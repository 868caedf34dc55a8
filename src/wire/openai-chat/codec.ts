/**
 * OpenAI's Chat Completions as a client protocol:
 *
 * - `parseRequest(text)`: CanonicalRequest, or InvalidRequestError with `field` and `blocking`;
 * - `renderWhole(answer, options)`: the provider's own text spliced, or a `chat.completion` from canonical form;
 * - `createStreamRenderer(options)`: passthrough or translation, decided by the protocol of the first frame;
 * - `renderError(error)`: `{error: {message, type, param, code}, gearbox?}`.
 */
import type { ClientCodec } from '../codec.ts';
import { createChatContinuation } from './continuation.ts';
import { DEFAULT_CHAT_LIMITS, type ChatLimits } from './limits.ts';
import { parseChatRequest } from './parse-request.ts';
import { renderOpenaiError } from '../openai-error.ts';
import { renderChatWhole } from './render-whole.ts';
import { createChatStreamRenderer } from './stream-renderer.ts';

export const createOpenaiChatCodec = (limits: Partial<ChatLimits> = {}): ClientCodec => {
  const all = { ...DEFAULT_CHAT_LIMITS, ...limits };
  return {
    protocol: 'openai-chat',
    parseRequest: (text) => parseChatRequest(text, all),
    renderWhole: renderChatWhole,
    createStreamRenderer: createChatStreamRenderer,
    createContinuation: createChatContinuation,
    renderError: renderOpenaiError,
  };
};

/** With the default limits, for use without a server. */
export const openaiChatCodec: ClientCodec = createOpenaiChatCodec();
