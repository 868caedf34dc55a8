/** `pin`: what an earlier decision fixed, looked up in the store. */
import { isEffort } from '../canonical/effort.ts';
import type { ClientKey } from '../catalog/pool.ts';
import { InvalidRequestError } from '../errors.ts';
import type { StoredDecision } from '../store/store.ts';
import type { Pin } from './prepare.ts';
import { toKeyHash } from './record.ts';

const gone = (decisionId: string, why: string): InvalidRequestError => {
  const fix = 'Leave `pin` out, or pin a newer decision.';
  return new InvalidRequestError(`gearbox.pin: ${decisionId} ${why}. ${fix}`, {
    code: 'pin_gone',
    status: 409,
    field: 'gearbox.pin',
    blocking: [{ constraint: 'gearbox.pin', expected: 'a decision that can be repeated', given: decisionId, fix }],
  });
};

const recordedRouter = (json: string): string | null => {
  const row: unknown = JSON.parse(json);
  if (typeof row !== 'object' || row === null || !('versions' in row)) return null;
  const { versions } = row;
  const router = typeof versions === 'object' && versions !== null && 'router' in versions ? versions.router : null;
  return typeof router === 'string' ? router : null;
};

export interface PinQuestion {
  readonly decisionId: string;
  readonly key: ClientKey | null;
  /** Router versions that this instance can decide with. */
  readonly routerVersions: readonly string[];
}

/** Throws InvalidRequestError (409) when the decision is unknown, another key's, or of another router version. */
export const toPin = (stored: StoredDecision | undefined, question: PinQuestion): Pin => {
  const { decisionId, key, routerVersions } = question;
  const own = stored !== undefined && (key === null || stored.decision.keyHash === toKeyHash(key.sha256));
  if (!own) throw gone(decisionId, 'is not known here');
  const router = recordedRouter(stored.decision.json);
  if (router === null || !routerVersions.includes(router))
    throw gone(decisionId, `was made by ${router ?? 'an unknown router'}, which is no longer in force`);
  const { component, effort } = stored.decision;
  return { decisionId, component, effort: isEffort(effort) ? effort : null };
};
