/** Chat Completions: OpenAI's older API, spoken by nearly every other provider and server. */
import { faultOfBody } from '../fault.ts';
import type { ProviderProtocol } from '../provider.ts';
import { toEvents } from './events.ts';
import { fromWire } from './from-wire.ts';
import { createStreamReader } from './stream-reader.ts';
import { toWire } from './to-wire.ts';

export const openaiCompatibleProtocol: ProviderProtocol = {
  protocol: 'openai-chat',
  toWire,
  authenticate: (secret) => ({ authorization: `Bearer ${secret}` }),
  fromWire,
  createStreamReader,
  toEvents,
  toFault: (status, _headers, text) => faultOfBody(status, text),
};
