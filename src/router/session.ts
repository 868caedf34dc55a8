/** Sessions, from the router's side: whose they are, what a decision sees of them, and what an answer leaves behind. */
import type { CanonicalRequest } from '../canonical/request.ts';
import { NO_USAGE } from '../canonical/usage.ts';
import type { ClientKey } from '../catalog/pool.ts';
import type { CacheOutlook } from '../policy/cache-outlook.ts';
import type { SessionOutlook } from '../policy/policy.ts';
import { toCachedTokens } from '../session/cached-tokens.ts';
import { readIdentity, type SessionIdentity } from '../session/identity.ts';
import type { Session, SessionOwner, Sessions } from '../session/sessions.ts';
import type { Controls } from './controls.ts';
import type { Decided } from './decided.ts';
import type { ExchangeListener } from './exchange.ts';

/** What of a call says which session it belongs to. */
export interface SessionCall {
  readonly request: CanonicalRequest;
  readonly headers: Readonly<Record<string, string>>;
  readonly key: ClientKey | null;
  /** The request names the answer that it goes on from. */
  readonly continues?: boolean;
}

export const identify = (
  { headers, continues }: SessionCall,
  { sessionId, sessionPlace }: Controls,
): SessionIdentity => {
  const control = sessionId === null || sessionPlace === null ? null : { id: sessionId, place: sessionPlace };
  return readIdentity({ control, headers, continues: continues === true });
};

type Owned = Pick<SessionCall, 'request' | 'key'>;

export const toSessionOwner = ({ request, key }: Owned, { id, isWhole }: SessionIdentity): SessionOwner => ({
  key: key?.sha256 ?? null,
  model: request.model,
  id,
  isWhole,
});

export const toSessionOutlook = (session: Session | null): SessionOutlook | null =>
  session === null
    ? null
    : { component: session.component, isRecent: session.isRecent, movesDownLeft: session.movesDownLeft };

const isMarked = ({ messages, tools }: CanonicalRequest): boolean =>
  messages.some(({ content }) => content.some((part) => 'cache' in part && part.cache !== undefined)) ||
  tools.some((tool) => 'cache' in tool && tool.cache !== undefined);

export const toCacheOutlook = (request: CanonicalRequest, session: Session | null): CacheOutlook => ({
  warm: (session?.warm ?? []).map(({ component, tokens }) => ({ component, tokens })),
  isMarked: isMarked(request),
});

/** Null: the exchange belongs to no session, because a component or a model was called by name. */
export const sessionIdOf = ({ id, prepared }: Pick<Decided, 'id' | 'prepared'>): string | null => {
  const { identity, session, resolution } = prepared;
  if (identity.isWhole) return identity.id;
  if (resolution.type !== 'unified') return null;
  return session?.id ?? identity.id ?? toNewId(id);
};

const toNewId = (decisionId: string): string => `s_${decisionId.slice(decisionId.indexOf('_') + 1)}`;

/**
 * Remembers who answered well. A component that failed holds nobody; one that was called by name is called by name again;
 * housekeeping is no turn of the conversation, though it begins like one.
 */
export const rememberSession =
  (sessions: Sessions): ExchangeListener =>
  ({ decided, attempts, result, handedTo }) => {
    const { prepared, sessionMove } = decided;
    const answered = handedTo ?? decided.chosen;
    if (result !== 'ok' || prepared.resolution.type !== 'unified' || decided.isHousekeeping) return;
    const last = attempts.at(-1)?.report;
    sessions.remember(prepared.request, toSessionOwner(prepared, prepared.identity), {
      session: prepared.session,
      newId: toNewId(decided.id),
      component: answered.component.name,
      effort: answered.effort,
      isMoveDown: sessionMove === 'switch',
      cached: toCachedTokens(last?.usage ?? NO_USAGE, last?.deployment.model.price ?? null),
    });
  };
