/**
 * Substitutions: a provider answered with another model than it was asked for. Every such answer says so; whoever runs the
 * gateway is told once, and again each hour for as long as it goes on.
 */
import type { ExchangeListener, PricedAttempt } from './exchange.ts';

export interface Substitution {
  /** Deployment id that was asked. */
  readonly asked: string;
  /** Deployment id of the model that answered, by which it was billed. */
  readonly answered: string;
  readonly count: number;
  readonly firstAtMs: number;
  readonly lastAtMs: number;
}

export interface SubstitutionWatch {
  readonly listener: ExchangeListener;
  /** Since the process began, latest first. */
  readonly list: () => readonly Substitution[];
}

export interface SubstitutionWatchOptions {
  readonly now: () => number;
  readonly onAlarm: (substitution: Substitution) => void;
}

const REPEAT_MS = 3_600_000;
/** Pairs kept: a provider that makes up a new name for every answer must not fill the memory. */
const MAX_PAIRS = 100;

interface Watched {
  readonly substitution: Substitution;
  readonly toldAtMs: number;
}

export const createSubstitutionWatch = ({ now, onAlarm }: SubstitutionWatchOptions): SubstitutionWatch => {
  const watched = new Map<string, Watched>();

  const note = ({ report, cost }: PricedAttempt): void => {
    const [asked, answered, atMs] = [report.deployment.id, cost.billedAs, now()];
    const key = `${asked} ${answered}`;
    const before = watched.get(key);
    const substitution: Substitution = {
      asked,
      answered,
      count: (before?.substitution.count ?? 0) + 1,
      firstAtMs: before?.substitution.firstAtMs ?? atMs,
      lastAtMs: atMs,
    };
    const isDue = before === undefined || atMs - before.toldAtMs >= REPEAT_MS;
    // Written anew, so that the pair that was silent for longest is the first to go.
    watched.delete(key);
    watched.set(key, { substitution, toldAtMs: isDue ? atMs : before.toldAtMs });
    const [oldest] = watched.keys();
    if (watched.size > MAX_PAIRS && oldest !== undefined) watched.delete(oldest);
    if (isDue) onAlarm(substitution);
  };

  return {
    listener: ({ attempts }) => {
      for (const attempt of attempts) if (attempt.cost.substituted) note(attempt);
    },
    list: () => [...watched.values()].map(({ substitution }) => substitution).toReversed(),
  };
};
