/**
 * Fingerprint of a conversation as far as it has come. A client sends all of it each time, so the next request of the
 * same conversation begins with what this one holds. Cache marks, system prompts and signatures are left out: clients
 * change them from turn to turn.
 */
import { createHash, type Hash } from 'node:crypto';
import type { ContentPart } from '../canonical/content.ts';
import type { Message } from '../canonical/message.ts';

/** Messages looked at, from the last backwards; how many there are before them counts, too. */
const MESSAGES = 8;
/** Parts of one message, and characters from each end of a text. */
const PARTS = 64;
const CHARACTERS = 200;

const addText = (hash: Hash, text: string): void => {
  hash.update(`${text.length}:${text.slice(0, CHARACTERS)}:${text.slice(-CHARACTERS)}`);
};

const addPart = (hash: Hash, part: ContentPart): void => {
  switch (part.type) {
    case 'text':
    case 'refusal':
      addText(hash, part.text);
      return;
    case 'tool-call':
      addText(hash, part.id);
      return;
    case 'tool-result':
      addText(hash, part.callId);
      return;
    case 'reasoning':
    case 'image':
    case 'audio':
    case 'file':
    case 'foreign':
      // Left out by some clients, moved or shortened by others.
      return;
  }
};

const isCounted = ({ role }: Message): boolean => role !== 'system' && role !== 'developer';

/** 32 hexadecimal digits; the same for conversations that a person would call the same. Bounded work. */
export const fingerprintConversation = (messages: readonly Message[]): string => {
  const counted = messages.filter(isCounted);
  const hash = createHash('sha256').update(String(counted.length));
  for (const { role, content } of counted.slice(-MESSAGES)) {
    hash.update(role);
    for (const part of content.slice(-PARTS)) addPart(hash, part);
  }
  return hash.digest('hex').slice(0, 32);
};
