/** Decision ids as times: an id holds the millisecond of its making, so a range of ids is a range of times. */
import { createId } from '../canonical/identifier.ts';

/** The smallest decision id of this time or later. */
export const toFirstDecisionId = (atMs: number): string =>
  createId('dec_', { now: () => Math.max(0, Math.floor(atMs)), randomBytes: (length) => new Uint8Array(length) });
