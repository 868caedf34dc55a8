/** POST /v1/embeddings: passed on to the provider that the model names. Nothing is routed: vectors of two models do not mix. */
import type { ClientKey, Pool } from '../catalog/pool.ts';
import { decodeUtf8, parseJson } from '../json/parse.ts';
import { spliceMembers } from '../json/splice.ts';
import type { FindForward } from '../providers/provider.ts';
import { isAbandoned } from '../router/abandoned.ts';
import { toForbidden, toPermission } from '../router/permission.ts';
import { resolveModel } from '../router/resolve.ts';
import { fieldError } from '../wire/field.ts';
import { readBody, type BodyLimits } from './body.ts';
import type { ClientRequest } from './client-plane.ts';
import type { RunningCalls } from './running-calls.ts';
import { toUpstreamError } from './upstream-error.ts';

export interface EmbeddingsContext {
  readonly pool: () => Pool;
  readonly findForward: FindForward;
  readonly bodyLimits: BodyLimits;
  readonly maxDepth: number;
  readonly running: RunningCalls;
}

const EMBEDDINGS_PATH = '/embeddings';

const parseModel = (value: unknown): string => {
  const model = typeof value === 'object' && value !== null ? Reflect.get(value, 'model') : undefined;
  if (typeof model === 'string' && model !== '') return model;
  const fix = 'Name the model, as `openai/text-embedding-3-small`.';
  throw fieldError('model', { expected: 'the name of an embedding model', given: JSON.stringify(model ?? null), fix });
};

const findDeployment = (name: string, key: ClientKey | null, pool: Pool) => {
  const resolution = resolveModel(name, pool, () => true);
  if (resolution.type !== 'direct') {
    const fix = "Name a provider's embedding model: vectors of two models do not mix, so there is nothing to route.";
    throw fieldError('model', { expected: 'a model of a provider', given: `"${name}"`, fix });
  }
  if (key !== null && !toPermission(key, pool).allowsCall(resolution)) throw toForbidden(name, key, 'model');
  const { deployment } = resolution;
  if (deployment.protocol === 'openai-chat' || deployment.protocol === 'openai-responses') return deployment;
  const fix = "Name a model of a provider that speaks OpenAI's protocols.";
  throw fieldError('model', {
    expected: 'a provider with /embeddings',
    given: `"${name}" (${deployment.protocol})`,
    fix,
  });
};

export const serveEmbeddings = async (client: ClientRequest, context: EmbeddingsContext): Promise<void> => {
  const { incoming, response, headers, key } = client;
  const { signal, finish } = context.running.start(response);
  try {
    const text = decodeUtf8(await readBody(incoming, context.bodyLimits));
    const model = parseModel(parseJson(text, { maxDepth: context.maxDepth }));
    const deployment = findDeployment(model, key, context.pool());
    const body = spliceMembers(text, { set: { model: JSON.stringify(deployment.upstreamModel) } });
    const forward = context.findForward(deployment.provider);
    if (forward === undefined) throw new Error(`provider ${deployment.provider} of a resolved model is not connected`);
    const answer = await forward({ deployment, path: EMBEDDINGS_PATH, body, signal });
    if (answer.type === 'fault') throw toUpstreamError(answer.fault, answer.retryable);
    response.writeHead(200, {
      ...headers,
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(answer.text),
    });
    response.end(answer.text);
  } catch (error) {
    // Nobody is left to be told.
    if (!isAbandoned(signal)) throw error;
  } finally {
    finish();
  }
};
