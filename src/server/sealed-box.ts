/** Text that only this installation can read again: AES-256-GCM under a key derived from the install secret. */
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { StoreError } from '../errors.ts';

export interface SealedBox {
  /** Base 64 of nonce, tag and cipher text. */
  readonly seal: (text: string) => string;
  /** Throws StoreError where the text was sealed under another secret, or was changed. */
  readonly open: (sealed: string) => string;
}

const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const CIPHER = 'aes-256-gcm';

/** `purpose` separates keys: what is sealed for one cannot be opened for another. */
export const createSealedBox = (installSecret: string, purpose: string): SealedBox => {
  const key = Buffer.from(hkdfSync('sha256', installSecret, '', purpose, KEY_BYTES));
  return {
    seal: (text) => {
      // Random: at 2^32 texts under one key two nonces still meet with less than 2^-32 (NIST SP 800-38D, 8.3).
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv(CIPHER, key, nonce);
      const hidden = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
      return Buffer.concat([nonce, cipher.getAuthTag(), hidden]).toString('base64');
    },
    open: (sealed) => {
      const bytes = Buffer.from(sealed, 'base64');
      const decipher = createDecipheriv(CIPHER, key, bytes.subarray(0, NONCE_BYTES));
      decipher.setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
      try {
        const hidden = bytes.subarray(NONCE_BYTES + TAG_BYTES);
        return Buffer.concat([decipher.update(hidden), decipher.final()]).toString('utf8');
      } catch (error) {
        throw new StoreError('What was kept cannot be opened: the install secret of this home is another one now.', {
          code: 'sealed_elsewhere',
          cause: error,
        });
      }
    },
  };
};
