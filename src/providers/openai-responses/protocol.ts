/** Responses: OpenAI's newer API, and the only one over which some of its models take tools. */
import { faultOfBody } from '../fault.ts';
import type { ProviderProtocol } from '../provider.ts';
import { toEvents } from './events.ts';
import { fromWire } from './from-wire.ts';
import { createStreamReader } from './stream-reader.ts';
import { toWire } from './to-wire.ts';

export const openaiResponsesProtocol: ProviderProtocol = {
  protocol: 'openai-responses',
  toWire,
  authenticate: (secret) => ({ authorization: `Bearer ${secret}` }),
  fromWire,
  createStreamReader,
  toEvents,
  toFault: (status, _headers, text) => faultOfBody(status, text),
};
