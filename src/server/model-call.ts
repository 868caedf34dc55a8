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
import type { ClientCodec, RenderOptions } from '../wire/codec.ts';
import { readBody, type BodyLimits } from './body.ts';
import { flattenHeaders } from './headers.ts';
import { describeError, NO_DECISION, toErrorHeaders, toFineRetryAfter, type ErrorContext } from './respond.ts';
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
  readonly call: ModelCall;
  readonly context: ModelCallContext;
  readonly routed: Routed;
  readonly options: RenderOptions;
  readonly signal: Cancellation;
  /** When the body was complete. */
  readonly receivedAt: number;
}

const sendWhole = ({ call, routed, options }: Answering): void => {
  const { exchange, executed } = routed;
  if (executed.type !== 'whole') return;
  exchange.collect(executed.text);
  exchange.attempt()?.close(false);
  const gearbox: JsonObject | null = discloses(call.key) ? toGearboxObject(exchange, 'final') : null;
  const body = call.codec.renderWhole(executed, { ...options, gearbox });
  exchange.commit();
  const headers: Record<string, string> = { ...call.headers };
  addRoutingHeaders(headers, exchange, true);
  headers['content-type'] = 'application/json';
  headers['content-length'] = String(Buffer.byteLength(body));
  call.response.writeHead(200, headers);
  call.response.end(body);
  exchange.end('ok');
};

const sendStream = async ({ call, context, routed, options, signal, receivedAt }: Answering): Promise<void> => {
  const { exchange, executed } = routed;
  if (executed.type !== 'stream') return;
  const shown = discloses(call.key);
  exchange.commit();
  const headers: Record<string, string> = { ...call.headers, ...STREAM_HEADERS };
  addRoutingHeaders(headers, exchange, false);
  call.response.writeHead(200, headers);
  const first = shown ? toGearboxObject(exchange, 'first') : null;
  await pumpStream({
    exchange,
    head: executed.head,
    rest: executed.rest,
    renderer: call.codec.createStreamRenderer({ ...options, first }),
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

/** Serves one model call. Never rejects: whatever goes wrong becomes one error answer and at most one record. */
export const serveModelCall = async (call: ModelCall, context: ModelCallContext): Promise<void> => {
  const { signal, finish } = context.running.start(call.response);
  let exchange: Exchange | null = null;
  try {
    const body = await readBody(call.incoming, context.limits);
    const receivedAt = context.clock();
    const request = call.codec.parseRequest(decodeUtf8(body));
    const headers = flattenHeaders(call.incoming);
    const routed = await context.router.route({
      request,
      headers,
      key: call.key,
      requestId: call.requestId,
      signal,
      receivedAt,
      patienceMs: context.timing.keepAliveMs,
    });
    ({ exchange } = routed);
    const echoModel = call.key?.echoModel === 'requested' ? request.model : null;
    await answer({ call, context, routed, signal, receivedAt, options: { request, echoModel, now: context.now } });
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
