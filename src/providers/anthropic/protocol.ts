/** The Messages API of Anthropic, and of the servers that copy it. */
import { faultOfBody } from '../fault.ts';
import type { ProviderProtocol } from '../provider.ts';
import { toEvents } from './events.ts';
import { fromWire } from './from-wire.ts';
import { createStreamReader } from './stream-reader.ts';
import { toWire } from './to-wire.ts';

export const anthropicProtocol: ProviderProtocol = {
  protocol: 'anthropic-messages',
  toWire,
  authenticate: (secret) => ({ 'x-api-key': secret }),
  fromWire,
  createStreamReader,
  toEvents,
  toFault: (status, _headers, text) => faultOfBody(status, text),
};
