/** A model call of any client protocol: parse, route, answer, and end the exchange whatever happens. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Cancellation } from '../canonical/cancellation.ts';
import type { JsonObject } from '../canonical/json.ts';
import type { ClientKey } from '../catalog/pool.ts';
import { GearboxError } from '../errors.ts';
import { decodeUtf8 } from '../json/parse.ts';
import { isAbandoned } from '../router/abandoned.ts';
import type { Exchange } from '../router/exchange.ts';
import { toAttemptObject, toGearboxObject, addRoutingHeaders } from '../router/disclosure.ts';
import type { Routed, Router } from '../router/router.ts';
import { renderComment } from '../sse/writer.ts';
import type { ClientCodec, RenderOptions, StreamRenderer } from '../wire/codec.ts';
import { readBody, type BodyLimits } from './body.ts';
import type { Handovers } from './handovers.ts';
import { flattenHeaders } from './headers.ts';
import { describeError, NO_DECISION, toErrorHeaders, toFineRetryAfter, type ErrorContext } from './respond.ts';
import type { ResponseMemory } from './response-memory.ts';
import type { RunningCalls } from './running-calls.ts';
import { pumpStream, type StreamTiming } from './stream.ts';
import { endAnswer, toUnreadHeaders } from './unread.ts';
import { toUpstreamError } from './upstream-error.ts';

export interface ModelCall {
  readonly incoming: IncomingMessage;
  readonly response: ServerResponse;
  readonly codec: ClientCodec;
  readonly key: ClientKey | null;
  readonly requestId: string;
  /** Headers that every answer of this server carries. */
  readonly headers: Readonly<Record<string, string>>;
}

export interface ModelCallContext {
  readonly router: Router;
  readonly limits: BodyLimits;
  readonly timing: StreamTiming;
  readonly running: RunningCalls;
  readonly responses: ResponseMemory;
  readonly handovers: Handovers;
  /** Somebody did not want to wait for this decision's answer. */
  readonly onAnsweredNow: (decisionId: string) => void;
  /** Monotonic milliseconds, the router's clock. */
  readonly clock: () => number;
  readonly now: () => number;
  /** A defect of ours: logged with its stack, never shown. */
  readonly onDefect: (error: unknown, requestId: string) => void;
  /** The request was refused before there was a decision. */
  readonly onRefused: (code: string) => void;
}

const STREAM_HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-cache',
  'x-accel-buffering': 'no',
} as const;

const toErrorContext = (exchange: Exchange | null): ErrorContext =>
  exchange === null
    ? NO_DECISION
    : { decisionId: exchange.decided.id, attempts: exchange.priced().map(toAttemptObject) };

const discloses = (key: ClientKey | null): boolean => key?.disclosure !== 'headers';

const sendError = (call: ModelCall, error: unknown, exchange: Exchange | null): void => {
  const { response, codec } = call;
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  const described = describeError(error, toErrorContext(exchange));
  const body = codec.renderError(discloses(call.key) ? described : { ...described, gearbox: null });
  const routing: Record<string, string> = {};
  if (exchange !== null) addRoutingHeaders(routing, exchange, true);
  response.writeHead(described.status, {
    ...call.headers,
    ...routing,
    ...toErrorHeaders(error, described.status),
    ...toFineRetryAfter(error),
    ...toUnreadHeaders(call.incoming),
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
  });
  endAnswer(call, body);
};

interface Answering {
  /** Keeps the answer, for protocols that may refer to it later; null: nothing is kept. */
  readonly remember: ((text: string) => void) | null;
  readonly call: ModelCall;
  readonly context: ModelCallContext;
  readonly routed: Routed;
  readonly options: RenderOptions;
  readonly signal: Cancellation;
  /** When the body was complete. */
  readonly receivedAt: number;
}

const sendWhole = ({ call, routed, options, remember }: Answering): void => {
  const { exchange, executed } = routed;
  if (executed.type !== 'whole') return;
  exchange.collect(executed.text);
  exchange.attempt()?.close(false);
  const gearbox: JsonObject | null = discloses(call.key) ? toGearboxObject(exchange, 'final') : null;
  const body = call.codec.renderWhole(executed, { ...options, gearbox });
  exchange.commit();
  // Before the client has it: its next request may follow at once.
  remember?.(body);
  const headers: Record<string, string> = { ...call.headers };
  addRoutingHeaders(headers, exchange, true);
  headers['content-type'] = 'application/json';
  headers['content-length'] = String(Buffer.byteLength(body));
  call.response.writeHead(200, headers);
  call.response.end(body);
  exchange.end('ok');
};

/** The last event of a stream holds the whole answer; the renderer lets go of it in one of two ways. */
const remembering = (renderer: StreamRenderer, remember: Answering['remember']): StreamRenderer => {
  if (remember === null) return renderer;
  const noted = (text: string): string => {
    const data = text.split('\n').findLast((line) => line.startsWith('data: '));
    if (data !== undefined) remember(data.slice('data: '.length));
    return text;
  };
  return { ...renderer, release: (gearbox) => noted(renderer.release(gearbox)), end: () => noted(renderer.end()) };
};

const sendStream = async ({
  call,
  context,
  routed,
  options,
  signal,
  receivedAt,
  remember,
}: Answering): Promise<void> => {
  const { exchange, executed } = routed;
  if (executed.type !== 'stream') return;
  const shown = discloses(call.key);
  exchange.commit();
  const headers: Record<string, string> = { ...call.headers, ...STREAM_HEADERS };
  addRoutingHeaders(headers, exchange, false);
  call.response.writeHead(200, headers);
  const first = shown ? toGearboxObject(exchange, 'first') : null;
  const { id } = exchange.decided;
  // From now on the client knows the decision's id.
  context.handovers.add(id, { key: call.key, handover: routed.handover });
  await pumpStream({
    exchange,
    head: executed.head,
    rest: executed.rest,
    renderer: remembering(call.codec.createStreamRenderer({ ...options, first }), remember),
    handover: routed.handover,
    handOver: routed.handOver,
    continuation: call.codec.createContinuation(),
    renew: (goOn) => remembering(goOn(call.codec.createStreamRenderer({ ...options, first: null })), remember),
    asksUsage: options.request.includeUsage,
    response: call.response,
    signal,
    timing: context.timing,
    clock: context.clock,
    silentSince: receivedAt,
    onDefect: (error) => context.onDefect(error, call.requestId),
    keepAlive: (seconds) => renderComment(`gearbox ${exchange.decided.chosen.component.name} ${seconds}s`),
    final: () => (shown ? toGearboxObject(exchange, 'final') : null),
    describe: (fault) => {
      const described = describeError(toUpstreamError(fault, true), toErrorContext(exchange));
      return shown ? described : { ...described, gearbox: null };
    },
  });
  context.handovers.remove(id);
  if (exchange.handedTo() !== null) context.onAnsweredNow(id);
};

const answer = async (answering: Answering): Promise<void> => {
  const { exchange, executed } = answering.routed;
  switch (executed.type) {
    case 'whole':
      sendWhole(answering);
      return;
    case 'stream':
      await sendStream(answering);
      return;
    case 'fault':
      exchange.attempt()?.close(false);
      sendError(answering.call, toUpstreamError(executed.fault, executed.retryable), exchange);
      exchange.end('failed');
      return;
    case 'error':
      if (isAbandoned(answering.signal)) {
        exchange.end('cancelled');
        return;
      }
      if (!(executed.error instanceof GearboxError))
        answering.context.onDefect(executed.error, answering.call.requestId);
      sendError(answering.call, executed.error, exchange);
      exchange.end('failed');
      return;
  }
};

/** `response` of an answer or of its last event; null for one that failed. */
const toResponse = (text: string): JsonObject | null => {
  const value = JSON.parse(text) as JsonObject; // rendered by the codec
  const response = (value['response'] ?? value) as JsonObject;
  return response['status'] === 'completed' || response['status'] === 'incomplete' ? response : null;
};

interface CompleteRequest extends Pick<Answering, 'remember'> {
  readonly text: string;
  /** It names the answer that it goes on from. */
  readonly continues: boolean;
}

/** Only Responses has a memory: what its requests name is put in their place, and what they ask to keep is kept. */
const completeRequest = async (
  text: string,
  { codec, key }: ModelCall,
  responses: ResponseMemory,
): Promise<CompleteRequest> => {
  if (codec.protocol !== 'openai-responses') return { text, continues: false, remember: null };
  const completed = await responses.complete(text, key);
  if (completed === null) return { text, continues: false, remember: null };
  const remember = (rendered: string): void => {
    const response = toResponse(rendered);
    if (response !== null) responses.remember(completed, response, key);
  };
  const continues = completed.previous !== null;
  return { text: completed.text, continues, remember: completed.isKept ? remember : null };
};

/** Serves one model call. Never rejects: whatever goes wrong becomes one error answer and at most one record. */
export const serveModelCall = async (call: ModelCall, context: ModelCallContext): Promise<void> => {
  const { signal, finish } = context.running.start(call.response);
  let exchange: Exchange | null = null;
  try {
    const body = await readBody(call.incoming, context.limits);
    const receivedAt = context.clock();
    const { text, continues, remember } = await completeRequest(decodeUtf8(body), call, context.responses);
    const request = call.codec.parseRequest(text);
    const headers = flattenHeaders(call.incoming);
    const routed = await context.router.route({
      request,
      headers,
      key: call.key,
      continues,
      requestId: call.requestId,
      signal,
      receivedAt,
      patienceMs: context.timing.keepAliveMs,
    });
    ({ exchange } = routed);
    const echoModel = call.key?.echoModel === 'requested' ? request.model : null;
    const options = { request, echoModel, now: context.now, answerId: exchange.decided.id };
    await answer({ call, context, routed, signal, receivedAt, options, remember });
  } catch (error) {
    const abandoned = isAbandoned(signal);
    if (!(error instanceof GearboxError) && !abandoned) context.onDefect(error, call.requestId);
    if (error instanceof GearboxError && exchange === null) context.onRefused(error.code);
    if (exchange !== null && exchange.state() !== 'ended') exchange.end(abandoned ? 'cancelled' : 'failed');
    if (!abandoned) sendError(call, error, exchange);
  } finally {
    finish();
  }
};
