/** What is known once a request was decided: everything that disclosure, record and replay are made of. */
import type { Effort, Verbosity } from '../canonical/effort.ts';
import type { CanonicalRequest } from '../canonical/request.ts';
import type { Warning } from '../canonical/warning.ts';
import type { Component } from '../catalog/component.ts';
import type { ClientKey, Pool } from '../catalog/pool.ts';
import type { Features } from '../features/signals.ts';
import type { Candidate } from '../policy/candidate.ts';
import type { Change, Objective, PolicyDecision, Preference } from '../policy/policy.ts';
import type { CacheOutlook } from '../policy/cache-outlook.ts';
import type { SessionMove } from '../policy/session.ts';
import type { SessionIdentity } from '../session/identity.ts';
import type { Session } from '../session/sessions.ts';
import type { Controls } from './controls.ts';
import type { Resolution } from './resolve.ts';

export const CHOSEN_BY = ['router', 'user', 'key', 'alias', 'session', 'limit', 'fallback', 'safe_default'] as const;

export type ChosenBy = (typeof CHOSEN_BY)[number];

/** How an effort or a verbosity came to be what was sent. */
export type How = 'asked' | 'rule' | 'learned' | 'provider' | 'clamped' | 'emulated' | 'native';

export interface AppliedEffort {
  readonly requested: Effort | null;
  readonly applied: Effort | null;
  readonly how: How;
}

export interface AppliedVerbosity {
  readonly requested: Verbosity | null;
  readonly applied: Verbosity | null;
  readonly how: How;
}

/** Hashes and versions of every part that can change a decision or its price. */
export interface Versions {
  readonly router: string;
  readonly features: string;
  readonly catalog: string;
  readonly prices: string;
  /** Version of the translation rules between protocols. */
  readonly rules: string;
  readonly config: string;
}

/** A request after resolution and precedence, before anything was compared. */
export interface Prepared {
  readonly request: CanonicalRequest;
  readonly controls: Controls;
  readonly resolution: Resolution;
  readonly key: ClientKey | null;
  readonly pool: Pool;
  /** Components that may answer, in the order of preference on ties. */
  readonly components: readonly Component[];
  /** Effort that binds the choice: pin, alias or protocol; null when the router may choose. */
  readonly effort: Effort | null;
  /** The effort belongs to the pin or the alias that chose the component: it replaces the level fixed there. */
  readonly effortReplacesLevel: boolean;
  readonly verbosity: Verbosity | null;
  readonly objective: Objective;
  readonly preference: Preference;
  /** Who settled the component; null when the router decides. */
  readonly settledBy: ChosenBy | null;
  /** A pin, or the name in `model`, settled one component: modes and allow-lists no longer apply. */
  readonly isNamed: boolean;
  /** Names of components that may be chosen; null: no allow-list applies, because none was sent or it lost. */
  readonly allow: readonly string[] | null;
  /** A provider's model is called as it is, outside every configured component. */
  readonly isDirect: boolean;
  readonly baseline: string | null;
  readonly identity: SessionIdentity;
  /** The session that the request goes on with; null: it is the first turn, as far as anybody knows. */
  readonly session: Session | null;
  readonly cache: CacheOutlook;
  readonly warnings: readonly Warning[];
}

export interface Decided {
  readonly id: string;
  readonly atMs: number;
  readonly prepared: Prepared;
  readonly features: Features;
  readonly candidates: readonly Candidate[];
  readonly decision: PolicyDecision;
  readonly chosen: Candidate;
  readonly effort: AppliedEffort;
  readonly verbosity: AppliedVerbosity;
  readonly chosenBy: ChosenBy;
  readonly sessionMove: SessionMove;
  /** The client's own business (titles, summaries, probes), not a turn of its conversation. */
  readonly isHousekeeping: boolean;
  readonly reason: string;
  /** Null: the policy does not draw. */
  readonly draw: number | null;
  readonly versions: Versions;
  readonly warnings: readonly Warning[];
  readonly decideMicroseconds: number;
  /** Cost that the baseline component would have had for this request; null without baseline or without price. */
  readonly baselineMicroUsd: number | null;
  /** Found by re-deciding; only when `explain: full` was asked. */
  readonly wouldChange: readonly Change[];
}
