/** Client-plane routes that are ours: explain a request, read an own decision, report outcomes. */
import type { IncomingMessage } from 'node:http';
import { brand } from '../brand.ts';
import { isId } from '../canonical/identifier.ts';
import type { JsonObject } from '../canonical/json.ts';
import type { CanonicalRequest } from '../canonical/request.ts';
import type { Warning } from '../canonical/warning.ts';
import type { ClientKey } from '../catalog/pool.ts';
import { InvalidRequestError } from '../errors.ts';
import { decodeUtf8, parseJson } from '../json/parse.ts';
import { parseOutcomes } from '../outcomes/kinds.ts';
import { toExplanation } from '../router/disclosure.ts';
import { toKeyHash } from '../router/record.ts';
import { toDecisionObject } from '../router/stored.ts';
import { countInputTokens } from '../router/token-count.ts';
import type { StoredDecision } from '../store/store.ts';
import { DEFAULT_MESSAGES_LIMITS } from '../wire/anthropic-messages/limits.ts';
import { parseMessagesRequest } from '../wire/anthropic-messages/parse-request.ts';
import { DEFAULT_RESPONSES_LIMITS } from '../wire/openai-responses/limits.ts';
import { parseResponsesRequest } from '../wire/openai-responses/parse-request.ts';
import type { ClientCodec } from '../wire/codec.ts';
import { readBody } from './body.ts';
import type { HandlerContext, ServerContext } from './context.ts';
import { flattenHeaders } from './headers.ts';
import { addOutcomes } from './report-outcomes.ts';
import type { CountedProtocol } from './route.ts';
import { describeError, NO_DECISION, sendJson, type Reply } from './respond.ts';

export interface ClientRequest extends Reply {
  readonly incoming: IncomingMessage;
  readonly key: ClientKey | null;
}

const readText = async (incoming: IncomingMessage, { bodyLimits }: HandlerContext): Promise<string> =>
  decodeUtf8(await readBody(incoming, bodyLimits));

/** POST …/decide: the decision that this request would get, with everything behind it. Calls and records nothing. */
export const serveDecide = async (
  client: ClientRequest,
  context: HandlerContext,
  codec: ClientCodec,
): Promise<void> => {
  const request = codec.parseRequest(await readText(client.incoming, context));
  const headers = { ...flattenHeaders(client.incoming) };
  const decided = await context.router.decide({ request, headers, key: client.key, explain: true });
  sendJson(client, 200, toExplanation(decided));
};

/** An answer that a Responses request goes on from is part of what is counted. */
const parseCounted = async (
  { incoming, key }: ClientRequest,
  context: HandlerContext,
  protocol: CountedProtocol,
): Promise<CanonicalRequest> => {
  const { tools, messages, jsonDepth } = context.settings.limits;
  const limits = { maxTools: tools, maxDepth: jsonDepth };
  const text = await readText(incoming, context);
  if (protocol === 'anthropic-messages')
    return parseMessagesRequest(text, { ...DEFAULT_MESSAGES_LIMITS, ...limits, maxMessages: messages }, 'optional');
  const completed = await context.responses.complete(text, key);
  const ofResponses = { ...DEFAULT_RESPONSES_LIMITS, ...limits, maxItems: messages };
  return parseResponsesRequest(completed?.text ?? text, ofResponses, 'optional');
};

/**
 * POST /v1/messages/count_tokens and /v1/responses/input_tokens: an estimate, good to about 20 %, because no tokeniser runs
 * here; nothing is called.
 */
export const serveTokenCount = async (
  client: ClientRequest,
  context: HandlerContext,
  protocol: CountedProtocol,
): Promise<void> => {
  const request = await parseCounted(client, context, protocol);
  const warning: Warning = {
    code: 'estimate_used',
    param: null,
    requested: null,
    applied: null,
    message:
      'The tokens are estimated from the text, within about 20 %; which model would count them is not decided yet.',
  };
  const input_tokens = countInputTokens(request);
  const object = protocol === 'openai-responses' ? { object: 'response.input_tokens' } : {};
  sendJson(client, 200, { ...object, input_tokens, [brand.bodyKey]: { warnings: [{ ...warning }] } });
};

const toMissing = (id: string): InvalidRequestError => {
  const fix = 'Use the decision_id of an answer that this key received and that is not older than the retention.';
  return new InvalidRequestError(`There is no decision ${id.slice(0, 60)}. ${fix}`, {
    code: 'decision_not_found',
    status: 404,
    field: 'decision_id',
    blocking: [{ constraint: 'decision_id', expected: 'an existing decision', given: id.slice(0, 60), fix }],
  });
};

/** Another key's decision is as good as none: whether it exists is not this caller's business. */
const isOwn = (stored: StoredDecision, key: ClientKey | null): boolean =>
  key === null || stored.decision.keyHash === toKeyHash(key.sha256);

export const findOwnDecision = async (
  id: string,
  key: ClientKey | null,
  { reader, store }: Pick<ServerContext, 'reader' | 'store'>,
): Promise<StoredDecision> => {
  if (!isId('dec_', id)) throw toMissing(id);
  // A record may still wait in its batch: whoever asks right after the answer must find it.
  const stored = (await reader.decision(id)) ?? (await store.flush().then(() => reader.decision(id)));
  if (stored === undefined || !isOwn(stored, key)) throw toMissing(id);
  return stored;
};

export const serveDecision = async (client: ClientRequest, context: ServerContext, id: string): Promise<void> => {
  sendJson(client, 200, toDecisionObject(await findOwnDecision(id, client.key, context)));
};

/** Decision ids among these that the key did not receive. Each is looked up once, however many outcomes it has. */
const findForeign = async (
  ids: ReadonlySet<string>,
  key: ClientKey | null,
  { reader, store }: ServerContext,
): Promise<ReadonlySet<string>> => {
  const foreign = new Set<string>();
  if (key === null) return foreign;
  await store.flush();
  for (const id of ids) {
    const stored = await reader.decision(id);
    if (stored === undefined || !isOwn(stored, key)) foreign.add(id);
  }
  return foreign;
};

/**
 * POST …/outcomes: one outcome or a list. Answers once they are durable; the same outcome_id twice is one outcome.
 * Another key's decision is reported like one that does not exist, and the other outcomes of the list are taken. Where
 * none is known, the report comes with the error.
 */
export const serveOutcomes = async (
  client: ClientRequest,
  context: HandlerContext,
  codec: ClientCodec,
): Promise<void> => {
  const text = await readText(client.incoming, context);
  const parsed = parseOutcomes(parseJson(text, { maxDepth: context.settings.limits.jsonDepth }), context.ids.now());
  const foreign = await findForeign(new Set(parsed.map(({ decisionId }) => decisionId)), client.key, context);
  const report = await addOutcomes(parsed, context, foreign);
  if (report.unknown_decisions < parsed.length) return sendJson(client, 200, report);
  const error = describeError(toMissing(parsed[0]?.decisionId ?? ''), NO_DECISION);
  // The codec has just rendered this object.
  const body = JSON.parse(codec.renderError(error)) as JsonObject;
  sendJson(client, error.status, { ...body, ...report });
};
