/** Digest of a prompt's text: how a server that only sees a request knows which prompt of a data set it is. */
import { createHash } from 'node:crypto';
import type { PromptContent } from './prompt.ts';

/** Between two user messages: white space, since translations to some protocols merge neighbouring user messages. */
const SEPARATOR = ' ';

const normalise = (text: string): string => text.normalize('NFC').replaceAll(/\s+/g, ' ').trim();

/**
 * SHA-256, hex, of the user messages' texts in order, in NFC, white space collapsed. System and developer messages do
 * not count, since a router may add its own; neither do assistant messages.
 */
export const toPromptDigest = (prompt: PromptContent): string => {
  const texts =
    typeof prompt === 'string' ? [prompt] : prompt.filter(({ role }) => role === 'user').map(({ content }) => content);
  return createHash('sha256').update(texts.map(normalise).join(SEPARATOR)).digest('hex');
};
