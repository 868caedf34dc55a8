/** Draws: repeatable chance. A client can neither choose nor foresee one, because its key is the install secret. */
import { createHmac } from 'node:crypto';

const DRAW_BYTES = 6;
const DRAW_RANGE = 2 ** (8 * DRAW_BYTES);

/** 0 ≤ draw < 1 with 48 bits, from HMAC-SHA-256(install secret, policy version and session or decision id). */
export const createDraw =
  (installSecret: string) =>
  (policyVersion: string, subject: string): number =>
    createHmac('sha256', installSecret).update(`${policyVersion}\n${subject}`).digest().readUIntBE(0, DRAW_BYTES) /
    DRAW_RANGE;
