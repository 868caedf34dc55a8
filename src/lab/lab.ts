/**
 * The lab: deterministic mock models over real HTTP, in Chat Completions, Responses and Anthropic Messages. The upstream of tests,
 * demonstrations and benchmarks, and of a Gearbox without any key. Calls nothing and needs nothing.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { brand } from '../brand.ts';
import { ConfigError, InvalidRequestError } from '../errors.ts';
import { createAnswer, invalidProgramme, modelNames, parseBody, type LabContent } from './answer.ts';
import { loadOutcomePlayer, type OutcomePlayerOptions } from './outcome-answer.ts';
import { play } from './play.ts';
import { renderEmbeddings } from './embeddings.ts';
import { bodyProgramme, type Programme } from './programme.ts';
import { loadRecordings } from './recorded.ts';
import { toTokens } from './reply.ts';
import { parseMessagesRequest } from './request.ts';
import { LAB_MODELS, type LabModel, type LabProtocol } from './script.ts';

/** Delays are a twentieth of real ones unless asked otherwise: thinking is seen to wait, and nobody is bored. */
export const DEFAULT_TIME_SCALE = 0.05;
export const MAX_BODY_BYTES = 32 * 1024 * 1024;

const LOOPBACK = new Set(['127.0.0.1', '::1', 'localhost']);

/** One request as it arrived, for tests that look at what went upstream. */
export interface LabReceived {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: string;
}

export interface LabOptions {
  /** Loopback only; default 127.0.0.1. */
  readonly host?: string;
  /** Factor on every delay; 0 plays at once. Default `DEFAULT_TIME_SCALE`. */
  readonly timeScale?: number;
  /** Further models, or others in place of the six. */
  readonly models?: Readonly<Record<string, LabModel>>;
  /** Folder of recorded replies, one subfolder for each provider. */
  readonly recordedFolder?: string;
  /** Plays the models of outcome data. */
  readonly outcomes?: OutcomePlayerOptions;
  /** Milliseconds since 1970, for `created`. */
  readonly now?: () => number;
  /** How many of the latest requests `received()` keeps; default 0. */
  readonly keepReceived?: number;
}

export interface Lab {
  /** Loads what the options name and listens; port 0 takes a free one. Throws where the port is taken. */
  readonly listen: (port?: number) => Promise<{ readonly url: string }>;
  /** Stops at once; open answers are cut. */
  readonly close: () => Promise<void>;
  /** Names of the models served; known once it listens. */
  readonly models: () => readonly string[];
  readonly received: () => readonly LabReceived[];
}

const readBody = async (request: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    const part = Buffer.from(chunk);
    bytes += part.length;
    if (bytes > MAX_BODY_BYTES) {
      throw new InvalidRequestError(`The body is larger than ${MAX_BODY_BYTES} bytes.`, { status: 413 });
    }
    chunks.push(part);
  }
  return Buffer.concat(chunks).toString('utf8');
};

const ROUTES: ReadonlyMap<string, LabProtocol> = new Map([
  ['/v1/chat/completions', 'openai-chat'],
  ['/v1/responses', 'openai-responses'],
  ['/v1/messages', 'anthropic-messages'],
]);

const jsonProgramme = (value: unknown, status = 200): Programme =>
  bodyProgramme({ status, body: JSON.stringify(value) });

const chatModels = (names: readonly string[]): unknown => ({
  object: 'list',
  data: names.map((id) => ({ id, object: 'model', created: 0, owned_by: 'lab' })),
});

const messagesModels = (names: readonly string[]): unknown => ({
  data: names.map((id) => ({ id, type: 'model', display_name: id, created_at: '1970-01-01T00:00:00Z' })),
  has_more: false,
  first_id: names[0] ?? null,
  last_id: names.at(-1) ?? null,
});

const countTokens = (body: string): Programme => {
  // Counting needs no limit on the output, which the schema of a message does.
  const value = parseBody(body);
  const request = parseMessagesRequest(typeof value === 'object' ? { ...value, max_tokens: 1 } : value);
  return jsonProgramme({ input_tokens: Math.max(1, toTokens(request.inputChars)) });
};

interface Route {
  readonly content: LabContent;
  readonly request: IncomingMessage;
  readonly path: string;
  readonly body: string;
}

const headerOf = (request: IncomingMessage, name: string): string | undefined => {
  const value = request.headers[name];
  return typeof value === 'string' ? value : value?.[0];
};

const route = async ({ content, request, path, body }: Route): Promise<Programme> => {
  const protocol = ROUTES.get(path);
  if (protocol !== undefined && request.method === 'POST') {
    return createAnswer(content, { protocol, body, header: (name) => headerOf(request, name) });
  }
  if (path === '/v1/messages/count_tokens' && request.method === 'POST') {
    return countTokens(body);
  }
  if (path === '/v1/embeddings' && request.method === 'POST') return jsonProgramme(renderEmbeddings(parseBody(body)));
  if (path === '/v1/models' && request.method === 'GET') {
    const names = modelNames(content);
    return jsonProgramme('anthropic-version' in request.headers ? messagesModels(names) : chatModels(names));
  }
  const message = `The ${brand.name} lab serves POST /v1/chat/completions, POST /v1/responses, POST /v1/messages, POST /v1/embeddings and GET /v1/models.`;
  return jsonProgramme({ error: { message, type: 'invalid_request_error', param: null, code: 'not_found' } }, 404);
};

const protocolOf = (path: string): LabProtocol =>
  ROUTES.get(path) ?? (path.startsWith('/v1/messages') ? 'anthropic-messages' : 'openai-chat');

const internalError = (error: unknown): Programme => {
  const message = `Defect of the lab: ${error instanceof Error ? error.message : String(error)}`;
  return jsonProgramme({ error: { message, type: 'server_error', param: null, code: 'lab_defect' } }, 500);
};

const toListenError = (error: Error & { readonly code?: string }, port: number): Error =>
  error.code === 'EADDRINUSE'
    ? new ConfigError(`Port ${port} is taken. Choose another with --port, or 0 for any free one.`, { cause: error })
    : error;

const startListening = async (server: Server, host: string, port: number): Promise<string> => {
  await new Promise<void>((resolve, reject) => {
    const fail = (error: Error): void => reject(toListenError(error, port));
    server.once('error', fail);
    server.listen(port, host, () => {
      server.off('error', fail);
      resolve();
    });
  });
  const address = server.address();
  if (address === null || typeof address === 'string') {
    throw new ConfigError('The lab listens on TCP only.');
  }
  return `http://${host.includes(':') ? `[${host}]` : host}:${address.port}`;
};

const loadContent = async (options: LabOptions): Promise<LabContent> => ({
  models: { ...LAB_MODELS, ...options.models },
  recordings: options.recordedFolder === undefined ? new Map() : await loadRecordings(options.recordedFolder),
  outcomes: options.outcomes === undefined ? null : await loadOutcomePlayer(options.outcomes),
  seen: new Map(),
  now: options.now ?? Date.now,
});

/** Makes a lab; nothing is loaded or opened before `listen`. Throws `ConfigError` for options that cannot work. */
export const createLab = (options: LabOptions = {}): Lab => {
  const { host = '127.0.0.1', timeScale = DEFAULT_TIME_SCALE, keepReceived = 0 } = options;
  if (!LOOPBACK.has(host)) {
    throw new ConfigError(`lab host: expected a loopback address (127.0.0.1, ::1, localhost); given ${host}.`);
  }
  if (!Number.isFinite(timeScale) || timeScale < 0) {
    throw new ConfigError(`lab time scale: expected a number from 0 up; given ${timeScale}.`);
  }
  const received: LabReceived[] = [];
  let content: LabContent | null = null;
  let requestCount = 1;

  const answer = async (loaded: LabContent, request: IncomingMessage): Promise<Programme> => {
    const path = (request.url ?? '/').split('?', 1)[0] ?? '/';
    try {
      const body = await readBody(request);
      if (keepReceived > 0) {
        received.push({ method: request.method ?? '', path, headers: request.headers, body });
        received.splice(0, Math.max(0, received.length - keepReceived));
      }
      return await route({ content: loaded, request, path, body });
    } catch (error) {
      return error instanceof InvalidRequestError ? invalidProgramme(protocolOf(path), error) : internalError(error);
    }
  };

  const handle = async (loaded: LabContent, request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const programme = await answer(loaded, request);
    const id = `req_lab_${requestCount.toString(36)}`;
    requestCount += 1;
    await play(programme, { response, timeScale, headers: { 'x-request-id': id, 'request-id': id } });
  };

  const server = createServer((request, response) => {
    if (content === null) {
      response.destroy();
      return;
    }
    handle(content, request, response).catch((error: unknown) => {
      // Only a client that left while its body was read, or a socket that broke; there is nobody left to tell.
      response.destroy(error instanceof Error ? error : undefined);
    });
  });
  // A scripted stall may outlast any idle time; the lab never closes a connection on its own.
  server.requestTimeout = 0;
  server.headersTimeout = 0;
  server.keepAliveTimeout = 60_000;

  return {
    listen: async (port = 0) => {
      content = await loadContent(options);
      return { url: await startListening(server, host, port) };
    },
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
    models: () => (content === null ? [] : modelNames(content)),
    received: () => [...received],
  };
};
