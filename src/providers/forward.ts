/**
 * Calls that are passed on as they are, beside the model calls of a protocol: embeddings. The body is the client's own, the
 * answer is the provider's own.
 */
import { throwIfAborted } from '../canonical/cancellation.ts';
import { MAX_WHOLE_BODY_BYTES, readText } from './body-reader.ts';
import { toEndpoint } from './endpoint.ts';
import { makeHttpCall } from './http-call.ts';
import { createConceal, findSecret, type SenderOptions } from './http.ts';
import type { Forward, Forwarded } from './provider.ts';
import { faultOfProvider, faultOfTransport, ownFault, type AttemptFault } from './transport-fault.ts';

const toFaulted = (found: AttemptFault, conceal: (message: string) => string): Forwarded => ({
  type: 'fault',
  ...found,
  fault: { ...found.fault, message: conceal(found.fault.message) },
});

const identity = (message: string): string => message;

export const createForward =
  ({ settings, protocol, connection, resolveSecret }: SenderOptions): Forward =>
  async ({ deployment, path, body, signal }) => {
    const { id: place, baseUrl, credentials } = deployment;
    const secret = credentials === null ? null : await findSecret(credentials, resolveSecret, place);
    if (typeof secret === 'object' && secret !== null) return toFaulted(secret, identity);
    throwIfAborted(signal);
    const conceal = createConceal(secret);
    const wire = { path, headers: {}, body };
    const endpoint = toEndpoint({ baseUrl, settings, protocol, wire, secret, stream: false });
    try {
      const answer = await makeHttpCall(connection, { ...endpoint, method: 'POST', body }, signal);
      const { text, cut } = await readText(answer.body, MAX_WHOLE_BODY_BYTES);
      if (cut) {
        const message = `${place}: the answer is larger than ${MAX_WHOLE_BODY_BYTES} bytes and was not read to its end.`;
        return toFaulted(ownFault('upstream_too_large', message, false), conceal);
      }
      if (answer.status >= 200 && answer.status < 300) return { type: 'answer', text };
      return toFaulted(faultOfProvider(protocol.toFault(answer.status, answer.headers, text), place), conceal);
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      return toFaulted(faultOfTransport(error, place), conceal);
    }
  };
