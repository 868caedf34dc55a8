/** Why a call was aborted: its client left, or something of ours set an end to it. */
import type { Cancellation } from '../canonical/cancellation.ts';
import { GearboxError } from '../errors.ts';

/**
 * True when the client left, so that nobody is there to be told. An end that we set (a time limit, a stop of the server)
 * is a GearboxError as the signal's reason, and is told.
 */
export const isAbandoned = (signal: Cancellation): boolean =>
  signal.aborted && !(signal.reason instanceof GearboxError);
