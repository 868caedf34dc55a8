/** A whole Gearbox in this process for end-to-end tests: lab, store and server on free ports, a temporary home. */
import { mkdtemp, rm } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import OpenAI from 'openai';
import { loadCatalog } from '../../src/catalog/load.ts';
import { checkConfiguration } from '../../src/config/check.ts';
import type { Environment } from '../../src/config/environment.ts';
import { toConfigError } from '../../src/config/problem.ts';
import { resolveSecret } from '../../src/config/secret.ts';
import { toSettings, type ServerSettings } from '../../src/config/settings.ts';
import { createGearbox, type Gearbox } from '../../src/index.ts';
import { createLab, type Lab } from '../../src/lab/lab.ts';
import { LAB_MODELS, type LabModel } from '../../src/lab/script.ts';
import type { EndedExchange } from '../../src/router/exchange.ts';
import { loadAdminToken } from '../../src/server/admin-token.ts';
import { listen } from '../../src/server/listen.ts';
import { createLogger } from '../../src/server/log.ts';
import { createMetrics } from '../../src/server/metrics.ts';

const KEPT_REQUESTS = 1_000;

/** Two models of the lab under real names, as a configuration; tests add what they are about. */
export const PAIR_YAML = `
version: 1
providers:
  openai: { base_url: '{lab}/v1' }
components:
  fast: { model: openai/gpt-6-luna, effort: none }
  thinking: { model: openai/gpt-6.1-sol, effort: auto }
`;

/** The lab under the names of real models, so that prices, efforts and capabilities are the catalog's. */
const BORROWED: Readonly<Record<string, LabModel | undefined>> = {
  'gpt-6-luna': LAB_MODELS['fast'],
  'gpt-6.1-sol': LAB_MODELS['thinking'],
  'claude-opus-5.5': LAB_MODELS['thinking'],
  'claude-opus-5-5': LAB_MODELS['thinking'],
  'claude-haiku-5.5': LAB_MODELS['fast'],
  'claude-haiku-5-5': LAB_MODELS['fast'],
};

const definedModels = (models: Readonly<Record<string, LabModel | undefined>>): Record<string, LabModel> =>
  Object.fromEntries(Object.entries(models).flatMap(([name, model]) => (model === undefined ? [] : [[name, model]])));

export interface TestOptions {
  /** gearbox.yaml; `{lab}` stands for the lab's address without `/v1`. */
  readonly yaml: string;
  readonly environment?: Environment;
  /** Further models of the lab. */
  readonly models?: Readonly<Record<string, LabModel>>;
  /** Changes the settings that the configuration gives. */
  readonly settings?: (settings: ServerSettings) => ServerSettings;
  /** Share of the lab's delays that is really waited; default 0. */
  readonly timeScale?: number;
  /** As `serve --observe`. */
  readonly observes?: boolean;
  /** Another router file than the one of the package. */
  readonly shippedRouter?: string;
}

export interface TestGearbox {
  /** Without a path. */
  readonly url: string;
  readonly home: string;
  readonly lab: Lab;
  readonly gearbox: Gearbox;
  readonly adminToken: string;
  readonly ended: readonly EndedExchange[];
  /** What was survived, in words. */
  readonly warnings: readonly string[];
  /** The official client, with `key` as its key. */
  readonly client: (key?: string) => OpenAI;
  readonly close: () => Promise<void>;
}

const root = join(import.meta.dirname, '../..');
const catalog = loadCatalog(join(root, 'models'));

/** Starts everything. Whatever fails, what was started before it is closed. */
export const startGearbox = async (options: TestOptions): Promise<TestGearbox> => {
  const lab = createLab({
    timeScale: options.timeScale ?? 0,
    keepReceived: KEPT_REQUESTS,
    models: { ...definedModels(BORROWED), ...options.models },
  });
  const home = await mkdtemp(join(tmpdir(), 'gearbox-e2e-'));
  const closers: (() => Promise<unknown>)[] = [() => rm(home, { recursive: true, force: true }), lab.close];
  const close = async (): Promise<void> => {
    for (const closer of closers.toReversed()) await closer();
  };
  try {
    const { url: labUrl } = await lab.listen();
    const environment = options.environment ?? {};
    const sources = { environment, catalog: await catalog, nowMs: Date.now() };
    const { problems, result } = await checkConfiguration(
      options.yaml.replaceAll('{lab}', labUrl),
      join(home, 'gearbox.yaml'),
      sources,
    );
    if (result === null) throw toConfigError(problems);
    const { configuration, pool, routers } = result;
    const flags = { host: '127.0.0.1', port: 0, home };
    const chosen = toSettings({ environment, flags, configuration, keyCount: pool.keys.length });
    const settings = options.settings?.(chosen) ?? chosen;
    const ended: EndedExchange[] = [];
    const warnings: string[] = [];
    const metrics = createMetrics();
    const gearbox = await createGearbox({
      pool,
      routers,
      ...(options.shippedRouter === undefined ? {} : { shippedRouter: options.shippedRouter }),
      observes: options.observes ?? false,
      onWarning: (message, error) => void warnings.push(`${message}: ${error?.message ?? ''}`),
      settings,
      environment,
      resolveSecret: (reference) => resolveSecret(reference, { environment, folder: home }),
      listeners: [(exchange) => void ended.push(exchange), metrics.observe],
    });
    closers.push(gearbox.close);
    const adminToken = await loadAdminToken(home);
    const listening = await listen({
      ...gearbox,
      settings,
      log: createLogger('silent'),
      metrics,
      adminToken,
      version: '0.0.0',
      isStopping: () => false,
    });
    closers.push(listening.stop);
    const { url } = listening;
    const client = (key = 'unused'): OpenAI => new OpenAI({ apiKey: key, baseURL: `${url}/v1`, maxRetries: 0 });
    return { url, home, lab, gearbox, adminToken, ended, warnings, client, close };
  } catch (error) {
    await close();
    throw error;
  }
};

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body as JSON; null when it is none. */
  readonly json: Json;
}

/** JSON that tests look into without a schema: a missing member is undefined, and an assertion says so. */
// oxlint-disable-next-line typescript/no-explicit-any -- answers are compared member by member
export type Json = any;

const toJson = (text: string): Json => {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
};

export interface SendOptions {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** A string or bytes are sent as they are, anything else as JSON. */
  readonly body?: unknown;
}

/** One request with `fetch`; POST when there is a body. */
export const send = async (url: string, { method, headers, body }: SendOptions = {}): Promise<Answer> => {
  const raw = typeof body === 'string' || body instanceof Uint8Array;
  const response = await fetch(url, {
    method: method ?? (body === undefined ? 'GET' : 'POST'),
    headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    ...(body === undefined ? {} : { body: raw ? (body as string | Uint8Array<ArrayBuffer>) : JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, json: toJson(text) };
};

/** Bytes on a bare socket, and all that comes back until the server closes it. */
export const sendRaw = (url: string, bytes: string | Uint8Array, waitMs = 5_000): Promise<string> => {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    let received = '';
    const socket = createConnection({ host: hostname, port: Number(port) }, () => void socket.write(bytes));
    socket.setTimeout(waitMs, () => socket.destroy());
    socket.on('data', (chunk) => (received += chunk.toString('latin1')));
    socket.on('error', () => socket.destroy());
    socket.on('close', () => resolve(received));
  });
};

/** The `data:` payloads of an event stream, `[DONE]` left out. */
export const toEvents = (text: string): readonly Json[] =>
  text
    .split('\n')
    .filter((line) => line.startsWith('data: ') && line !== 'data: [DONE]')
    .map((line) => JSON.parse(line.slice('data: '.length)));
