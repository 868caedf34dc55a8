/** Settings of the server as plain numbers: what gearbox.yaml, the environment and the defaults come to together. */
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { brand } from '../brand.ts';
import { ConfigError } from '../errors.ts';
import { isLoopback } from './bind.ts';
import { environmentValue, type Environment } from './environment.ts';
import { parseDuration, parseSize, parseSpending, type BudgetPeriod } from './quantity.ts';
import { configurationSchema, type Configuration } from './schema.ts';
import { renderGiven } from './wording.ts';

const DEFAULT_HOST = '127.0.0.1';
const DEFAULT_PORT = 8484;

export interface PrivacySettings {
  /** Which texts may reach the disk. */
  readonly text: 'none' | 'failures' | 'all';
  readonly keepMs: number;
  /** `structural`: no hashed n-grams are stored. */
  readonly features: 'hashed' | 'structural';
}

export interface RequestLimits {
  readonly bodyBytes: number;
  readonly headerBytes: number;
  readonly jsonDepth: number;
  readonly messages: number;
  readonly tools: number;
}

export interface Timeouts {
  /** From a client: its request's head, and its whole body. */
  readonly headersMs: number;
  readonly bodyMs: number;
  /** To a provider. */
  readonly connectMs: number;
  readonly firstByteMs: number;
  readonly idleMs: number;
  readonly totalMs: number;
  readonly keepAliveMs: number;
  readonly shutdownMs: number;
}

export interface StoreSettings {
  readonly retentionDays: number;
  readonly maxStoreBytes: number;
}

/** A spending limit in a calendar period (UTC). */
export interface Budget {
  readonly name: string;
  readonly microUsd: number;
  readonly period: BudgetPeriod;
  readonly atLimit: 'mini' | 'refuse';
}

export interface ServerSettings {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  /** Folder of store, admin token and install secret. Absolute. */
  readonly home: string;
  /** Host headers to accept besides those of the address itself. */
  readonly allowedHosts: readonly string[];
  readonly corsOrigins: readonly string[];
  readonly limits: RequestLimits;
  readonly timeouts: Timeouts;
  readonly privacy: PrivacySettings;
  readonly store: StoreSettings;
  readonly budgets: ReadonlyMap<string, Budget>;
}

/** Flags of the command line that win over the environment and the file. Null: not given. */
export interface SettingFlags {
  readonly host?: string | null;
  readonly port?: number | null;
  readonly home?: string | null;
}

/** The folder for state: flag, `$GEARBOX_HOME`, else `~/.gearbox`. Absolute. */
export const resolveHome = (environment: Environment, flag: string | null = null): string => {
  const userHome = environmentValue(environment, 'HOME') ?? environmentValue(environment, 'USERPROFILE') ?? homedir();
  const chosen = flag ?? environmentValue(environment, `${brand.environmentPrefix}HOME`);
  return chosen === undefined ? join(userHome, brand.homeFolder) : resolve(chosen.replace(/^~(?=\/|$)/, userHome));
};

interface SettingSources {
  readonly environment: Environment;
  readonly flags: SettingFlags;
  /** Null: no file. */
  readonly configuration: Configuration | null;
  /** Number of client keys, for the default of `privacy.text`. */
  readonly keyCount: number;
}

/** Flag before environment before file before default. Throws ConfigError when `$PORT` is no port. */
export const toSettings = ({ environment, flags, configuration, keyCount }: SettingSources): ServerSettings => {
  const { server, privacy, store, budgets } =
    configuration ?? configurationSchema.parse({ version: 1, components: {} });
  const host = flags.host ?? environmentValue(environment, 'HOST') ?? server.host ?? DEFAULT_HOST;
  const port = flags.port ?? parsePort(environmentValue(environment, 'PORT')) ?? server.port ?? DEFAULT_PORT;
  return {
    host,
    port,
    home: resolveHome(environment, flags.home),
    allowedHosts: server.allowed_hosts,
    corsOrigins: server.cors_origins,
    limits: toLimits(server.limits),
    timeouts: toTimeouts(server.timeouts),
    privacy: {
      text: privacy.text ?? (isLoopback(host) && keyCount === 0 ? 'failures' : 'none'),
      keepMs: parseDuration(privacy.keep),
      features: privacy.features,
    },
    store: { retentionDays: store.retention_days, maxStoreBytes: parseSize(store.max_store_bytes) },
    budgets: new Map(Object.entries(budgets).map(([name, budget]) => [name, toBudget(name, budget)])),
  };
};

/** Names in gearbox.yaml of what a running server reads only once, in the order in which they are told. */
const READ_AT_START = {
  'server.host': ({ host }) => host,
  'server.port': ({ port }) => port,
  'server.allowed_hosts': ({ allowedHosts }) => allowedHosts,
  'server.cors_origins': ({ corsOrigins }) => corsOrigins,
  privacy: ({ privacy }) => privacy,
  'server.limits': ({ limits }) => limits,
  'server.timeouts': ({ timeouts }) => timeouts,
  store: ({ store }) => store,
  budgets: ({ budgets }) => [...budgets],
} satisfies Record<string, (settings: ServerSettings) => unknown>;

/** Which settings differ although a running server cannot take them over: names as in gearbox.yaml. */
export const listRestartChanges = (running: ServerSettings, next: ServerSettings): readonly string[] =>
  Object.entries(READ_AT_START)
    .filter(([, read]) => JSON.stringify(read(running)) !== JSON.stringify(read(next)))
    .map(([name]) => name);

const toLimits = (limits: Configuration['server']['limits']): RequestLimits => ({
  bodyBytes: parseSize(limits.body_bytes),
  headerBytes: parseSize(limits.header_bytes),
  jsonDepth: limits.json_depth,
  messages: limits.messages,
  tools: limits.tools,
});

const toTimeouts = (timeouts: Configuration['server']['timeouts']): Timeouts => ({
  headersMs: parseDuration(timeouts.headers),
  bodyMs: parseDuration(timeouts.body),
  connectMs: parseDuration(timeouts.connect),
  firstByteMs: parseDuration(timeouts.first_byte),
  idleMs: parseDuration(timeouts.idle),
  totalMs: parseDuration(timeouts.total),
  keepAliveMs: parseDuration(timeouts.keep_alive),
  shutdownMs: parseDuration(timeouts.shutdown),
});

const toBudget = (name: string, { usd, at_limit: atLimit }: Configuration['budgets'][string]): Budget => ({
  name,
  ...parseSpending(usd),
  atLimit,
});

const parsePort = (text: string | undefined): number | undefined => {
  if (text === undefined) return undefined;
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port <= 65_535) return port;
  throw new ConfigError(
    `PORT: expected a port from 0 to 65535, given ${renderGiven(text)}; fix: set PORT=${DEFAULT_PORT} or unset it`,
    {
      code: 'port_invalid',
      blocking: [
        {
          constraint: 'PORT',
          expected: 'a port from 0 to 65535',
          given: renderGiven(text),
          fix: `Set PORT=${DEFAULT_PORT} or unset it.`,
        },
      ],
    },
  );
};
