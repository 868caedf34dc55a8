/**
 * The one sender: makes one HTTP call to a provider and turns whatever happens into an answer. Redirects are never
 * followed: a key would travel to wherever the answer points.
 */
import type { Dispatcher } from 'undici';
import { throwIfAborted } from '../canonical/cancellation.ts';
import type { ProviderSettings } from '../catalog/pool.ts';
import type { CanonicalRequest } from '../canonical/request.ts';
import type { Warning } from '../canonical/warning.ts';
import { ConfigError, InvalidRequestError, ProviderError } from '../errors.ts';
import { createBatches, MAX_ERROR_BODY_BYTES, MAX_WHOLE_BODY_BYTES, readText } from './body-reader.ts';
import type { AnswerBody } from './answer-body.ts';
import { inWords, modeOf, wordsOf } from './answer-words.ts';
import { toEndpoint } from './endpoint.ts';
import { makeHttpCall } from './http-call.ts';
import type { Provider, ProviderAnswer, ProviderProtocol, SendOptions, Target, WireRequest } from './provider.ts';
import { parseRetryAfter } from './retry-after.ts';
import { collectStream, replayWhole } from './conversion.ts';
import { faultOfProvider, faultOfReading, faultOfTransport, ownFault } from './transport-fault.ts';
import type { AttemptFault } from './transport-fault.ts';

/** The secret behind `env:NAME` or `file:PATH`. Throws ConfigError when there is none. Called for every attempt. */
export type ResolveSecret = (reference: string) => string | Promise<string>;

export interface SenderOptions {
  readonly settings: ProviderSettings;
  readonly protocol: ProviderProtocol;
  readonly connection: Dispatcher;
  readonly resolveSecret: ResolveSecret;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

type Headers = Readonly<Record<string, string>>;

/** One attempt under way: what every step of reading its answer needs. */
interface Attempt {
  readonly protocol: ProviderProtocol;
  readonly wire: WireRequest;
  readonly place: string;
  readonly stream: boolean;
  readonly options: SendOptions;
  readonly status: number;
  readonly headers: Headers;
  readonly body: AnswerBody;
  readonly now: () => number;
  /** Takes the key out of a message. */
  readonly conceal: (message: string) => string;
}

const REQUEST_ID_HEADERS = ['x-request-id', 'request-id', 'x-amzn-requestid', 'cf-ray'];

const answerBase = ({ status, headers, wire }: Pick<Attempt, 'status' | 'headers' | 'wire'>) => ({
  status,
  upstreamRequestId: headers[REQUEST_ID_HEADERS.find((name) => headers[name]) ?? ''] ?? null,
  warnings: wire.warnings,
});

const toFaultAnswer = (attempt: Pick<Attempt, 'status' | 'headers' | 'wire'>, fault: AttemptFault): ProviderAnswer => ({
  ...answerBase(attempt),
  type: 'fault',
  ...fault,
});

const withRetryAfter = (found: AttemptFault, { headers, now }: Attempt): AttemptFault => ({
  ...found,
  fault: {
    ...found.fault,
    retryAfterSeconds: parseRetryAfter(headers, now()) ?? found.fault.retryAfterSeconds,
  },
});

const readErrorStatus = async (attempt: Attempt): Promise<ProviderAnswer> => {
  const { status, headers, body, place, protocol } = attempt;
  const { text } = await readText(body, MAX_ERROR_BODY_BYTES);
  if (status < 400) {
    const message = `${place}: the answer is a redirect (status ${status}), which is not followed. Set base_url to the final address.`;
    return toFaultAnswer(attempt, ownFault('upstream_redirect', message, false));
  }
  const fault = faultOfProvider(protocol.toFault(status, headers, text), place);
  return toFaultAnswer(attempt, withRetryAfter(fault, attempt));
};

const looksLikeHtml = (text: string): boolean => /^\s*<(?:!doctype|html|\?xml|head|body)/i.test(text);

/** What is wrong with a body that should be this protocol's JSON, before it is parsed. */
const findBodyFault = (text: string, cut: boolean, place: string): AttemptFault | null => {
  if (cut) {
    const message = `${place}: the answer is larger than ${MAX_WHOLE_BODY_BYTES} bytes and was not read to its end.`;
    return ownFault('upstream_too_large', message, false);
  }
  if (text.trim() === '') return ownFault('upstream_empty', `${place}: the answer has no body.`, true);
  if (looksLikeHtml(text)) {
    const message = `${place}: the answer is an HTML page, not JSON. Check base_url, or the proxy in between.`;
    return ownFault('upstream_garbage', message, true);
  }
  return null;
};

const readWhole = async (attempt: Attempt): Promise<ProviderAnswer> => {
  const { body, place, protocol, wire, headers } = attempt;
  const { text, cut } = await readText(body, MAX_WHOLE_BODY_BYTES);
  const fault = findBodyFault(text, cut, place);
  if (fault !== null) return toFaultAnswer(attempt, withRetryAfter(fault, attempt));
  const response = protocol.fromWire(text, wire.context);
  if (attempt.stream) {
    const batches = replayWhole(protocol, { text, mode: modeOf(attempt), context: wire.context });
    return { ...answerBase({ ...attempt, headers }), type: 'stream', ...inWords(batches, attempt) };
  }
  return { ...answerBase(attempt), type: 'whole', protocol: wordsOf(attempt), text, response };
};

const readStream = async (attempt: Attempt): Promise<ProviderAnswer> => {
  const { body, place, protocol, wire, options, conceal } = attempt;
  // A whole answer is wanted as parts, whatever the mode: it is put together from them.
  const reader = protocol.createStreamReader(attempt.stream ? modeOf(attempt) : 'full', wire.context);
  const batches = createBatches({ body, reader, signal: options.signal, protocol: protocol.protocol, place, conceal });
  if (attempt.stream) return { ...answerBase(attempt), type: 'stream', ...inWords(batches, attempt) };
  const collected = await collectStream(batches, protocol.protocol);
  if (collected.type === 'fault') return toFaultAnswer(attempt, faultOfProvider(collected.fault, place));
  return { ...answerBase(attempt), ...collected, protocol: wordsOf(attempt) };
};

/** Servers without a content type exist; only an answer that says it is JSON or a page is not taken for a stream. */
const isStreamBody = ({ headers, stream }: Attempt): boolean => {
  const type = (headers['content-type'] ?? '').toLowerCase();
  if (type.includes('text/event-stream')) return true;
  return stream && !type.includes('json') && !type.includes('html');
};

const readAnswer = (attempt: Attempt): Promise<ProviderAnswer> => {
  if (attempt.status < 200 || attempt.status >= 300) return readErrorStatus(attempt);
  return isStreamBody(attempt) ? readStream(attempt) : readWhole(attempt);
};

/** The key, or the fault that there is none. */
export const findSecret = async (
  reference: string,
  resolveSecret: ResolveSecret,
  place: string,
): Promise<string | AttemptFault> => {
  try {
    return (await resolveSecret(reference)).trim();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const fault = ownFault('upstream_auth', `${place}: there is no key at ${reference}. Set it and try again.`, false);
    return { ...fault, fault: { ...fault.fault, status: 401 } };
  }
};

/** A provider may quote the key that it was sent, in a shape that no pattern knows. */
export const createConceal =
  (secret: string | null) =>
  (message: string): string =>
    secret === null || secret === '' ? message : message.replaceAll(secret, '[redacted]');

const concealFault = (answer: ProviderAnswer, conceal: (message: string) => string): ProviderAnswer =>
  answer.type === 'fault' ? { ...answer, fault: { ...answer.fault, message: conceal(answer.fault.message) } } : answer;

const call = async (
  sender: SenderOptions,
  parts: { wire: WireRequest; target: Target; stream: boolean; options: SendOptions },
) => {
  const { wire, target, stream, options } = parts;
  const { deployment } = target;
  const place = deployment.id;
  const before = { status: 0, headers: {}, wire };
  const secret =
    deployment.credentials === null ? null : await findSecret(deployment.credentials, sender.resolveSecret, place);
  throwIfAborted(options.signal);
  if (typeof secret === 'object' && secret !== null) return toFaultAnswer(before, secret);
  const { settings, protocol, connection } = sender;
  const conceal = createConceal(secret);
  const endpoint = toEndpoint({ baseUrl: deployment.baseUrl, settings, protocol, wire, secret, stream });
  let answered: Pick<Attempt, 'status' | 'headers' | 'wire'> = before;
  try {
    const answer = await makeHttpCall(connection, { ...endpoint, method: 'POST', body: wire.body }, options.signal);
    const attempt: Attempt = {
      protocol,
      wire,
      place,
      stream,
      options,
      ...answer,
      now: sender.now,
      conceal,
    };
    answered = attempt;
    return concealFault(await readAnswer(attempt), conceal);
  } catch (error) {
    if (options.signal.aborted) throw options.signal.reason;
    const fault = error instanceof ProviderError ? faultOfReading(error, place) : faultOfTransport(error, place);
    return concealFault(toFaultAnswer(answered, fault), conceal);
  }
};

const CHANGES: ReadonlySet<string> = new Set(['param_dropped', 'param_clamped', 'param_emulated']);

/** `strict_params`: nothing is sent, and so nothing billed, when a parameter cannot be applied as asked. */
const refuseChanges = (warnings: readonly Warning[]): void => {
  const changes = warnings.filter(({ code }) => CHANGES.has(code));
  const [first] = changes;
  if (first === undefined) return;
  const fix = 'Change the parameter, or send strict_params: false to have it adapted with a warning.';
  throw new InvalidRequestError(`${first.param ?? 'a parameter'}: ${first.message} ${fix}`, {
    code: 'strict_params',
    field: first.param,
    blocking: changes.map(({ param, message, requested }) => ({
      constraint: param ?? 'strict_params',
      expected: message,
      given: JSON.stringify(requested).slice(0, 100),
      fix,
    })),
  });
};

/** A provider that speaks `protocol` over HTTP. */
export const createHttpProvider = (sender: SenderOptions): Provider => ({
  name: sender.settings.name,
  protocol: sender.protocol.protocol,
  send: async (request: CanonicalRequest, target: Target, options: SendOptions) => {
    throwIfAborted(options.signal);
    const wire = sender.protocol.toWire(request, target);
    if (options.strictParams) refuseChanges(wire.warnings);
    // Awaited: a promise that an async function returns unawaited takes two turns more to settle.
    return await call(sender, { wire, target, stream: request.stream, options });
  },
});
