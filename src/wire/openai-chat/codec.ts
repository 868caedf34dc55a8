/** OpenAI's Chat Completions as a client protocol. */
import type { ClientCodec } from '../codec.ts';
import { parseChatRequest } from './parse-request.ts';
import { renderChatError } from './render-error.ts';
import { renderChatWhole } from './render-whole.ts';
import { createChatStreamRenderer } from './stream-renderer.ts';

export const openaiChatCodec: ClientCodec = {
  protocol: 'openai-chat',
  parseRequest: (text) => parseChatRequest(text),
  renderWhole: renderChatWhole,
  createStreamRenderer: createChatStreamRenderer,
  renderError: renderChatError,
};
