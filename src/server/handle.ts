/** One incoming request: checks that hold for every route, then the route's handler, and an answer in every case. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createId } from '../canonical/identifier.ts';
import type { ClientKey } from '../catalog/pool.ts';
import { isLoopback } from '../config/bind.ts';
import { GearboxError } from '../errors.ts';
import { createAnthropicMessagesCodec } from '../wire/anthropic-messages/codec.ts';
import type { ClientCodec } from '../wire/codec.ts';
import { createOpenaiChatCodec } from '../wire/openai-chat/codec.ts';
import { createOpenaiResponsesCodec } from '../wire/openai-responses/codec.ts';
import { authenticate, checkHost, requireAdmin } from './access.ts';
import { serveDecide, serveDecision, serveOutcomes, serveTokenCount } from './client-plane.ts';
import type { HandlerContext, ServerContext } from './context.ts';
import { answerPreflight, toCorsHeaders } from './cors.ts';
import { serveEmbeddings } from './embeddings.ts';
import { createHandovers } from './handovers.ts';
import { serveKeptResponse } from './kept-response.ts';
import { serveModelCall, type ModelCallContext } from './model-call.ts';
import { STREAM_TIMING } from './stream.ts';
import { renderModel, renderModelList, type Listing } from './model-list.ts';
import { addOutcomes } from './report-outcomes.ts';
import { describeError, NO_DECISION, sendJson, toErrorHeaders, type Reply } from './respond.ts';
import { matchRoute, protocolOf, type Route, type ServedProtocol } from './route.ts';
import { endAnswer, toUnreadHeaders } from './unread.ts';

const MAX_REQUEST_ID_CHARACTERS = 200;

/** The client's own id, if it can be a header value again; else a new one. Never used as an id or a seed of ours. */
const toRequestId = (incoming: IncomingMessage, context: ServerContext): string => {
  const given = incoming.headers['x-request-id'];
  return typeof given === 'string' && given.length <= MAX_REQUEST_ID_CHARACTERS && /^[\x21-\x7e]+$/.test(given)
    ? given
    : createId('res_', context.ids);
};

interface Handling extends Reply {
  readonly incoming: IncomingMessage;
  readonly requestId: string;
  readonly codec: ClientCodec;
}

const sendFailure = ({ incoming, response, headers, codec }: Handling, error: unknown): void => {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const described = describeError(error, NO_DECISION);
  const body = codec.renderError(described);
  response.writeHead(described.status, {
    ...headers,
    ...toErrorHeaders(error, described.status),
    ...toUnreadHeaders(incoming),
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
  });
  endAnswer({ incoming, response }, body);
};

const WELCOME = [
  'This is Gearbox: one model name in front of many models.',
  '',
  'POST /v1/chat/completions with {"model": "auto", "messages": [...]}   an ordinary OpenAI request',
  "POST /v1/responses, POST /v1/messages   the same in OpenAI's newer and in Anthropic's protocol",
  'POST /v1/gearbox/decide   the same body: which model would answer and why, without calling it',
  'GET  /v1/models           every name that can be called',
  'GET  /healthz             alive;  GET /readyz: ready;  GET /metrics: Prometheus',
  '',
].join('\n');

/** Asked by machines that do not know our name. */
const OF_ANY_HOST: ReadonlySet<Route['type']> = new Set(['health', 'ready']);

/** No client key is needed. */
const PUBLIC: ReadonlySet<Route['type']> = new Set(['health', 'ready', 'metrics', 'root']);

const servePublic = async (route: Route, handling: Handling, context: ServerContext): Promise<void> => {
  const { incoming, response, headers } = handling;
  switch (route.type) {
    case 'health':
      sendJson(handling, 200, { status: 'ok' });
      return;
    case 'ready':
      sendJson(handling, context.isStopping() ? 503 : 200, { status: context.isStopping() ? 'stopping' : 'ready' });
      return;
    case 'metrics': {
      // Names of components, counts and money: on this machine anyone's, over a network the operator's.
      if (!isLoopback(context.settings.host)) requireAdmin(incoming.headers, context.adminToken);
      const { contentType, text } = await context.metrics.render({ shedRecords: context.store.shedRecords() });
      response.writeHead(200, { ...headers, 'content-type': contentType });
      response.end(text);
      return;
    }
    case 'root':
      response.writeHead(200, { ...headers, 'content-type': 'text/plain; charset=utf-8' });
      response.end(WELCOME);
      return;
    case 'call':
    case 'count-tokens':
    case 'embeddings':
    case 'response':
    case 'models':
    case 'model':
    case 'decide':
    case 'outcomes':
    case 'decision':
    case 'answer-now':
    case 'admin':
      throw new Error(`route ${route.type} is not public`);
  }
};

const toListing = (incoming: IncomingMessage, key: ClientKey | null, context: ServerContext): Listing => ({
  pool: context.pool(),
  key,
  headers: incoming.headers,
  today: new Date(context.ids.now()).toISOString().slice(0, 10),
});

/** That thinking was not wanted is known afterwards: an outcome of the decision, which is written when its answer ends. */
const noteAnsweredNow = async (decisionId: string, context: HandlerContext): Promise<void> => {
  const outcome = { decisionId, outcomeId: null, evaluator: null, note: null, atMs: null } as const;
  try {
    await addOutcomes([{ ...outcome, kind: 'answer_now', value: null }], context);
  } catch (error) {
    context.log.error({ err: error }, 'that an answer was asked for now could not be kept');
  }
};

interface Serving extends HandlerContext {
  readonly modelCalls: ModelCallContext;
}

const toModelCallContext = (context: HandlerContext): ModelCallContext => ({
  router: context.router,
  limits: context.bodyLimits,
  timing: context.timing ?? STREAM_TIMING,
  running: context.running,
  responses: context.responses,
  handovers: createHandovers(),
  onAnsweredNow: (decisionId) => void noteAnsweredNow(decisionId, context),
  clock: context.clock,
  now: context.ids.now,
  onDefect: (error, id) => context.log.error({ err: error, request_id: id }, 'request failed'),
  onRefused: context.metrics.refuse,
});

const serveKeyed = async (
  route: Route,
  handling: Handling & { readonly key: ClientKey | null },
  context: Serving,
): Promise<void> => {
  const { incoming, key, codec } = handling;
  switch (route.type) {
    case 'call':
      // Awaited: a promise that an async function returns unawaited takes two turns more to settle.
      await serveModelCall(handling, context.modelCalls);
      return;
    case 'count-tokens':
      return serveTokenCount(handling, context, route.protocol);
    case 'embeddings':
      return serveEmbeddings(handling, { ...context, maxDepth: context.settings.limits.jsonDepth });
    case 'response':
      return serveKeptResponse(handling, route, context.responses);
    case 'models':
      return sendJson(handling, 200, renderModelList(toListing(incoming, key, context)));
    case 'model':
      return sendJson(handling, 200, renderModel(route.id, toListing(incoming, key, context)));
    case 'decide':
      return serveDecide(handling, context, codec);
    case 'outcomes':
      return serveOutcomes(handling, context, codec);
    case 'decision':
      return serveDecision(handling, context, route.id);
    case 'answer-now':
      return sendJson(handling, 200, { decision_id: route.id, ...context.modelCalls.handovers.request(route.id, key) });
    case 'health':
    case 'ready':
    case 'metrics':
    case 'root':
    case 'admin':
      throw new Error(`route ${route.type} is served elsewhere`);
  }
};

/** Loaded with its framework at the first call: every start would pay for it, few ask for it. */
const loadAdminHandler = async (context: HandlerContext) => {
  const { createAdminHandler } = await import('./admin.ts');
  return createAdminHandler(context);
};

/** The request listener. Never rejects. */
export const createHandler = (context: HandlerContext) => {
  let adminHandler: ReturnType<typeof loadAdminHandler> | undefined;
  const { host: boundHost, allowedHosts, corsOrigins, limits } = context.settings;
  const shared = { maxMessages: limits.messages, maxTools: limits.tools, maxDepth: limits.jsonDepth };
  const codecs: Readonly<Record<ServedProtocol, ClientCodec>> = {
    'openai-chat': createOpenaiChatCodec(shared),
    'openai-responses': createOpenaiResponsesCodec({ ...shared, maxItems: limits.messages }),
    'anthropic-messages': createAnthropicMessagesCodec(shared),
  };

  const serving: Serving = { ...context, modelCalls: toModelCallContext(context) };

  const dispatch = async (handling: Handling, route: Route): Promise<void> => {
    const { incoming, response } = handling;
    if (!OF_ANY_HOST.has(route.type)) checkHost(incoming.headers, { allowedHosts, boundHost });
    if (PUBLIC.has(route.type)) {
      await servePublic(route, handling, context);
      return;
    }
    if (route.type === 'admin') {
      // Hono writes the head itself; what is set before it stays.
      for (const [name, value] of Object.entries(handling.headers)) response.setHeader(name, value);
      const admin = await (adminHandler ??= loadAdminHandler(context));
      await admin(incoming, response);
      return;
    }
    const key = authenticate(incoming.headers, context.pool().keys);
    await serveKeyed(route, { ...handling, key }, serving);
  };

  return async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const requestId = toRequestId(incoming, context);
    const protocol = protocolOf(incoming.url ?? '/', incoming.headers);
    const headers: Record<string, string> = { 'x-request-id': requestId };
    // The name that Anthropic's clients read.
    if (protocol === 'anthropic-messages') headers['request-id'] = requestId;
    const handling: Handling = { incoming, response, requestId, headers, codec: codecs[protocol] };
    try {
      Object.assign(headers, toCorsHeaders(incoming, corsOrigins));
      if (incoming.method === 'OPTIONS') answerPreflight(incoming, response, handling.headers);
      else await dispatch(handling, matchRoute(incoming.method ?? 'GET', incoming.url ?? '/'));
    } catch (error) {
      if (error instanceof GearboxError) context.metrics.refuse(error.code);
      else context.log.error({ err: error, request_id: requestId }, 'request failed');
      sendFailure(handling, error);
    }
  };
};
