/** The router: the path of one request from its canonical form to an answer. Composition only. */
import type { Cancellation } from '../canonical/cancellation.ts';
import type { IdSources } from '../canonical/identifier.ts';
import type { Pool } from '../catalog/pool.ts';
import type { Executed } from '../executor/execute.ts';
import { FEATURE_VERSION } from '../features/extract.ts';
import type { FindProvider } from '../providers/provider.ts';
import { NoCandidateError } from '../errors.ts';
import type { OpaqueMemory } from '../session/opaque-memory.ts';
import type { Session, Sessions } from '../session/sessions.ts';
import { callProvider, type CallProviderOptions, type Outgoing } from './call-provider.ts';
import { parseControls, type Controls } from './controls.ts';
import { priceAttempt } from './cost.ts';
import { decide } from './decide.ts';
import type { Decided, Versions } from './decided.ts';
import { createExchange, type Exchange, type ExchangeListener } from './exchange.ts';
import type { PinQuestion } from './pin.ts';
import { createHandover, findInstead, type Handover } from './handover.ts';
import { keepThoughts } from './kept-thoughts.ts';
import { policyFor, type PolicySet } from './policies.ts';
import { prepare, type Pin } from './prepare.ts';
import { MAX_KEPT_CHARACTERS } from './record.ts';
import { identify, rememberSession, toSessionOwner, type SessionCall } from './session.ts';

/** One client request, as the server hands it over. */
export interface Call extends Outgoing, SessionCall {
  readonly requestId: string;
  /** When the body was complete, on the router's monotonic clock. */
  readonly receivedAt: number;
}

/** As much of a call as a decision needs. */
export interface Decidable extends SessionCall {
  /** Find what would change the decision, as `explain: full` does. */
  readonly explain?: boolean;
  /** Decide as if it were the first turn: a shadow, whose components answered none of the others. */
  readonly ignoresSession?: boolean;
}

/** The attempt could not be made: the request cannot be said to this provider, or something of ours is broken. */
export interface NotExecuted {
  readonly type: 'error';
  readonly error: unknown;
}

export interface Routed {
  readonly exchange: Exchange;
  readonly executed: Executed | NotExecuted;
  /** How another component can still answer instead; null: none can. */
  readonly handover: Handover | null;
  /** The second attempt, after the handover was asked for. */
  readonly handOver: () => Promise<Executed | NotExecuted>;
}

/** One consistent view of configuration, providers and policies; replaced as a whole on reload. */
export interface Snapshot {
  readonly pool: Pool;
  readonly findProvider: FindProvider;
  readonly policies: PolicySet;
}

export interface RouterOptions {
  readonly snapshot: () => Snapshot;
  readonly ids: IdSources;
  /** Monotonic milliseconds. */
  readonly clock: () => number;
  readonly draw: (policyVersion: string, subject: string) => number;
  /** Looks up what `pin` names; rejects with InvalidRequestError (409) when it is gone. */
  readonly findPin: (question: PinQuestion) => Promise<Pin>;
  /** The policy failed and the safe component took over: to be logged and counted. */
  readonly onRouterFailure: (error: Error) => void;
  readonly listeners: readonly ExchangeListener[];
  readonly sessions: Sessions;
  readonly thoughts: OpaqueMemory;
  readonly keepsText: boolean;
}

export interface Router {
  /** Decides without calling anyone. */
  readonly decide: (call: Decidable) => Promise<Decided>;
  /**
   * Decides and makes the attempt, up to the first meaningful frame. Rejects with a GearboxError before there is a
   * decision; from then on every fault is a value, and the caller must end the exchange.
   */
  readonly route: (call: Call) => Promise<Routed>;
}

/** Version of the translation rules between protocols; raised whenever an upstream body changes for a same request. */
export const RULES_VERSION = '2';

const toVersions = (pool: Pool): Omit<Versions, 'router' | 'features'> => ({
  catalog: pool.catalog.hash,
  prices: pool.catalog.pricesHash,
  rules: RULES_VERSION,
  config: pool.configHash,
});

/** Versions of every part that can change a decision, for people; `router` lists every policy that may be asked. */
export const listVersions = ({
  pool,
  policies,
}: Pick<Snapshot, 'pool' | 'policies'>): Omit<Versions, 'router'> & { readonly router: readonly string[] } => ({
  router: [...policies.byVersion.keys()],
  features: FEATURE_VERSION,
  ...toVersions(pool),
});

/** Makes one attempt after another for an exchange. Never rejects. */
const createAttempts =
  (exchange: Exchange, call: Call, options: CallProviderOptions & { readonly thoughts: OpaqueMemory }) =>
  async (signal: Cancellation): Promise<Executed | NotExecuted> => {
    const { thoughts } = options;
    const owner = call.key?.sha256 ?? null;
    // Thoughts are put back for the upstream call alone: neither the decision nor the record sees them.
    const request = thoughts.reattach(call.request, owner);
    try {
      const executed = await callProvider(exchange, { ...call, request, signal }, options);
      return request.tools.length === 0
        ? executed
        : keepThoughts(executed, (content) => thoughts.remember(owner, content));
    } catch (error) {
      return { type: 'error', error };
    }
  };

export const createRouter = (options: RouterOptions): Router => {
  const { ids, clock, draw } = options;
  const listeners = [...options.listeners, rememberSession(options.sessions)];

  const decideIn = async (call: Decidable, { pool, policies }: Snapshot): Promise<Decided> => {
    const { request, headers, key } = call;
    const given = parseControls(request.controls, headers);
    const controls: Controls = call.explain === true ? { ...given, explain: 'full' } : given;
    const routerVersions = controls.pin === null ? [] : [...policies.byVersion.keys()];
    const pin = controls.pin === null ? null : await options.findPin({ decisionId: controls.pin, key, routerVersions });
    const today = new Date(ids.now()).toISOString().slice(0, 10);
    const identity = identify(call, controls);
    const decideWith = (session: Session | null): Decided => {
      const prepared = prepare({ request, controls, key, pool, pin, identity, session }, today);
      const policy = policyFor({ resolution: prepared.resolution, pool, onFailure: options.onRouterFailure }, policies);
      const versions = { ...toVersions(pool), router: '', features: '' };
      return decide(prepared, { policy, versions, ids, clock, draw });
    };
    const session =
      call.ignoresSession === true ? null : options.sessions.find(request, toSessionOwner(call, identity));
    try {
      return decideWith(session);
    } catch (error) {
      // The component of an open tool loop cannot go on (its context is full, say): another one may.
      if (session?.isToolLoop !== true || !(error instanceof NoCandidateError)) throw error;
      return decideWith({ ...session, isToolLoop: false });
    }
  };

  const openExchange = (decided: Decided, call: Call): Exchange => {
    const { pool } = decided.prepared;
    return createExchange({
      decided,
      requestId: call.requestId,
      clock,
      receivedAt: call.receivedAt,
      listeners,
      keptCharacters: options.keepsText ? MAX_KEPT_CHARACTERS : 0,
      price: (report) =>
        priceAttempt(report, {
          catalog: pool.catalog,
          settings: pool.providers.get(report.deployment.provider),
          inputTokensEstimate: decided.features.inputTokensEstimate,
          simulated: decided.chosen.component.simulated,
        }),
    });
  };

  return {
    decide: (call) => decideIn(call, options.snapshot()),
    route: async (call) => {
      const snapshot = options.snapshot();
      const { findProvider } = snapshot;
      const decided = await decideIn(call, snapshot);
      const exchange = openExchange(decided, call);
      const instead = findInstead(decided);
      const handover = instead === null ? null : createHandover(instead, call.signal);
      const attempt = createAttempts(exchange, call, { findProvider, ids, clock, thoughts: options.thoughts });
      return {
        exchange,
        executed: await attempt(handover?.signal ?? call.signal),
        handover,
        handOver: () => {
          exchange.attempt()?.close(true);
          if (instead !== null) exchange.handOver(instead);
          return attempt(call.signal);
        },
      };
    },
  };
};
