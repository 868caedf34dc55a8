/** Routes: from method and raw path to what is meant. Decided on the matched route only, never on parts of the path. */
import type { IncomingHttpHeaders } from 'node:http';
import { brand } from '../brand.ts';
import type { ClientProtocol } from '../canonical/protocol.ts';
import { InvalidRequestError } from '../errors.ts';

/** Client protocols that are served. */
export type ServedProtocol = Exclude<ClientProtocol, 'gemini'>;

/** Those that have a route to count the tokens of a request. */
export type CountedProtocol = Exclude<ServedProtocol, 'openai-chat'>;

export type Route =
  /** A model call in one of the client protocols. */
  | { readonly type: 'call'; readonly protocol: ServedProtocol }
  | { readonly type: 'count-tokens'; readonly protocol: CountedProtocol }
  | { readonly type: 'embeddings' }
  /** An answer that was kept: the answer, its deletion, its cancellation, or what was asked. */
  | { readonly type: 'response'; readonly id: string; readonly action: 'get' | 'delete' | 'cancel' | 'input-items' }
  | { readonly type: 'models' }
  | { readonly type: 'model'; readonly id: string }
  | { readonly type: 'decide' }
  | { readonly type: 'outcomes' }
  | { readonly type: 'decision'; readonly id: string }
  /** A thinking answer under way is cut short. */
  | { readonly type: 'answer-now'; readonly id: string }
  | { readonly type: 'health' }
  | { readonly type: 'ready' }
  | { readonly type: 'metrics' }
  | { readonly type: 'root' }
  | { readonly type: 'admin' };

/** A map and no object: `constructor` is a member of every object, and here a path like any other. */
const FIXED: ReadonlyMap<string, { readonly method: string; readonly route: Route }> = new Map(
  Object.entries({
    '/v1/chat/completions': { method: 'POST', route: { type: 'call', protocol: 'openai-chat' } },
    '/v1/responses': { method: 'POST', route: { type: 'call', protocol: 'openai-responses' } },
    '/v1/messages': { method: 'POST', route: { type: 'call', protocol: 'anthropic-messages' } },
    '/v1/messages/count_tokens': { method: 'POST', route: { type: 'count-tokens', protocol: 'anthropic-messages' } },
    '/v1/responses/input_tokens': { method: 'POST', route: { type: 'count-tokens', protocol: 'openai-responses' } },
    '/v1/embeddings': { method: 'POST', route: { type: 'embeddings' } },
    '/v1/models': { method: 'GET', route: { type: 'models' } },
    [`${brand.clientPath}/decide`]: { method: 'POST', route: { type: 'decide' } },
    [`${brand.clientPath}/outcomes`]: { method: 'POST', route: { type: 'outcomes' } },
    '/healthz': { method: 'GET', route: { type: 'health' } },
    '/readyz': { method: 'GET', route: { type: 'ready' } },
    '/metrics': { method: 'GET', route: { type: 'metrics' } },
    '/': { method: 'GET', route: { type: 'root' } },
  } as const),
);

const MODEL_PREFIX = '/v1/models/';
const RESPONSE_PREFIX = '/v1/responses/';
const DECISION_PREFIX = `${brand.clientPath}/decisions/`;
const ADMIN_PREFIX = '/api/';

const refuse = (path: string, problem: string): never => {
  const fix = 'Send the path as documented, without `//`, `..` or encoded slashes outside a model id.';
  throw new InvalidRequestError(`The path ${path.slice(0, 100)} ${problem}. ${fix}`, {
    code: 'invalid_path',
    blocking: [{ constraint: 'path', expected: 'a documented path', given: path.slice(0, 100), fix }],
  });
};

const decodeOnce = (path: string, encoded: string): string => {
  try {
    return decodeURIComponent(encoded);
  } catch {
    return refuse(path, 'is not valid percent-encoding');
  }
};

const notFound = (method: string, path: string): never => {
  const fix = `Try POST /v1/chat/completions, POST /v1/responses, POST /v1/messages, GET /v1/models or POST ${brand.clientPath}/decide.`;
  throw new InvalidRequestError(`There is nothing at ${method} ${path.slice(0, 100)}. ${fix}`, {
    code: 'not_found',
    status: 404,
    blocking: [{ constraint: 'path', expected: 'a documented path', given: path.slice(0, 100), fix }],
  });
};

const wrongMethod = (method: string, path: string, expected: string): never => {
  const fix = `Send ${expected} ${path}.`;
  throw new InvalidRequestError(`${path} does not take ${method}. ${fix}`, {
    code: 'method_not_allowed',
    status: 405,
    blocking: [{ constraint: 'method', expected, given: method, fix }],
  });
};

const matchResponse = (method: string, path: string): Route => {
  const [id = '', part, ...rest] = path.slice(RESPONSE_PREFIX.length).split('/');
  if (id === '' || rest.length > 0) return notFound(method, path);
  const verb = method === 'HEAD' ? 'GET' : method;
  if (part === 'input_items')
    return verb === 'GET' ? { type: 'response', id, action: 'input-items' } : wrongMethod(method, path, 'GET');
  if (part === 'cancel')
    return verb === 'POST' ? { type: 'response', id, action: 'cancel' } : wrongMethod(method, path, 'POST');
  if (part !== undefined) return notFound(method, path);
  // The provider's own compaction, which only its models could read again: an absent route, not an answer's name.
  if (id === 'compact') return notFound(method, path);
  if (verb === 'GET') return { type: 'response', id, action: 'get' };
  return verb === 'DELETE' ? { type: 'response', id, action: 'delete' } : wrongMethod(method, path, 'GET or DELETE');
};

const matchDecision = (method: string, path: string): Route => {
  const [id = '', action, ...rest] = path.slice(DECISION_PREFIX.length).split('/');
  const verb = method === 'HEAD' ? 'GET' : method;
  if (action === undefined) return verb === 'GET' ? { type: 'decision', id } : wrongMethod(method, path, 'GET');
  if (action !== 'answer-now' || rest.length > 0) return notFound(method, path);
  return verb === 'POST' ? { type: 'answer-now', id } : wrongMethod(method, path, 'POST');
};

const isBelow = (url: string, path: string): boolean =>
  url.startsWith(path) && (url.length === path.length || url[path.length] === '/' || url[path.length] === '?');

/**
 * The protocol in whose shape a request is answered, errors before any routing included. Our own routes take a body of
 * any protocol; Anthropic's clients say in a header whose they are.
 */
export const protocolOf = (url: string, headers: IncomingHttpHeaders): ServedProtocol => {
  const isOurs = url.startsWith(brand.clientPath) && headers['anthropic-version'] !== undefined;
  if (isOurs || isBelow(url, '/v1/messages')) return 'anthropic-messages';
  return isBelow(url, '/v1/responses') ? 'openai-responses' : 'openai-chat';
};

const MAX_PATH_CHARACTERS = 2_048;

/** Throws InvalidRequestError: 400 for a path that could be read in two ways, 404, 405. `url` is the raw target. */
export const matchRoute = (method: string, url: string): Route => {
  const path = url.split('?', 1)[0] ?? url;
  const verb = method === 'HEAD' ? 'GET' : method;
  const fixed = FIXED.get(path);
  if (fixed !== undefined) return fixed.method === verb ? fixed.route : wrongMethod(method, path, fixed.method);
  if (
    path.length > MAX_PATH_CHARACTERS ||
    path.includes('//') ||
    path.split('/').some((part) => /^(\.|%2e){1,2}$/i.test(part))
  )
    return refuse(path, 'is not a plain path');
  if (path.startsWith(MODEL_PREFIX))
    return verb === 'GET'
      ? { type: 'model', id: decodeOnce(path, path.slice(MODEL_PREFIX.length)) }
      : wrongMethod(method, path, 'GET');
  if (/%2f/i.test(path)) return refuse(path, 'holds an encoded slash');
  if (path.startsWith(RESPONSE_PREFIX)) return matchResponse(method, path);
  if (path.startsWith(ADMIN_PREFIX)) return { type: 'admin' };
  if (path.startsWith(DECISION_PREFIX)) return matchDecision(method, path);
  return notFound(method, path);
};
