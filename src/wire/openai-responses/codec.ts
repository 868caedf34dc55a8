/**
 * OpenAI's Responses as a client protocol. What a request only names (`previous_response_id`, items by id) is put in its
 * place before it comes here; upstream is told to keep nothing.
 *
 * - `parseRequest(text)`: CanonicalRequest, or InvalidRequestError with `field` and `blocking`;
 * - `renderWhole(answer, options)`: a `response` from canonical form;
 * - `createStreamRenderer(options)`: the events of a response, in order and numbered;
 * - `renderError(error)`: `{error: {message, type, param, code}, gearbox?}`.
 */
import type { ClientCodec } from '../codec.ts';
import { renderOpenaiError } from '../openai-error.ts';
import { createResponsesContinuation } from './continuation.ts';
import { DEFAULT_RESPONSES_LIMITS, type ResponsesLimits } from './limits.ts';
import { parseResponsesRequest } from './parse-request.ts';
import { renderResponsesWhole } from './render-whole.ts';
import { createResponsesStreamRenderer } from './stream-renderer.ts';

export const createOpenaiResponsesCodec = (limits: Partial<ResponsesLimits> = {}): ClientCodec => {
  const all = { ...DEFAULT_RESPONSES_LIMITS, ...limits };
  return {
    protocol: 'openai-responses',
    parseRequest: (text) => parseResponsesRequest(text, all),
    renderWhole: renderResponsesWhole,
    createStreamRenderer: createResponsesStreamRenderer,
    createContinuation: createResponsesContinuation,
    renderError: renderOpenaiError,
  };
};

/** With the default limits, for use without a server. */
export const openaiResponsesCodec: ClientCodec = createOpenaiResponsesCodec();
