/**
 * Housekeeping: calls that a client makes for itself, such as the title of a conversation, its tags, a suggestion of what
 * to ask next, a summary to go on from, or a probe whether anybody answers. Nobody reads them as an answer.
 */
import type { Message } from '../canonical/message.ts';
import type { CanonicalRequest } from '../canonical/request.ts';

export type Housekeeping = 'title' | 'summary' | 'probe';

/** Characters of an instruction that are read: what it is about is said at its beginning. */
const CHARACTERS = 600;
/** A probe asks for one token, and says hardly more: a classifier that answers by one letter is given something to read. */
const PROBE_TOKENS = 1;
const PROBE_CHARACTERS = 16;

const { raw } = String;

/** What clients call the whole of what was said. "My blog post" is no such thing, so its title is nobody's housekeeping. */
const TALK =
  raw`\b(?:chat|conversation|dialog(?:ue)?|thread|session|discussion|(?:chat|message) history)s?\b` +
  // What is built for talking is not what was said.
  raw`(?! (?:window|component|widget|app|room|page|button|bot|interface|client|server|view|list|id|object|table)s?\b)`;
const MAKE = raw`\b(?:generate|create|write|provide|produce|suggest|extract|output|come up with|give|make)\b`;
/** Between a verb and its object stand adjectives and numbers; behind a conjunction something else is made. */
const ADJECTIVES = raw`(?:(?! (?:that|which|who|for|of|to|in|with|from|as|where|when|using)\b) [\w'’,()–-]+){0,8}?`;
/** The rest of a phrase, up to what it is about. */
const REST = raw`[^.!?\n]{0,120}?`;

const TITLE = new RegExp(
  [
    raw`${MAKE}${ADJECTIVES} (?:title|tags?)\b${REST}${TALK}`,
    raw`${MAKE}${ADJECTIVES} (?:thread|chat|conversation|session) title\b`,
    raw`${MAKE}${ADJECTIVES} (?:follow-?up|next) (?:questions|prompts)\b${REST}(?:${TALK}|\buser\b)`,
    raw`^you are an? (?:[\w-]+ ){0,3}title(?:-| )generator\b`,
    raw`\bindicates a new (?:conversation|chat) topic\b`,
  ].join('|'),
  'i',
);

const SUMMARY = new RegExp(
  [
    raw`\bsummari[sz]e (?:the|this|our)\b(?: [\w-]+){0,3}? ${TALK}`,
    raw`\bsummary of (?:the|this|our)\b(?: [\w-]+){0,3}? ${TALK}`,
    raw`\btasked with summari[sz]ing ${TALK}`,
    raw`\bcontext (?:checkpoint )?compaction\b`,
    raw`\bhandoff summary for another\b`,
    raw`\bprompt for continuing our ${TALK}`,
  ].join('|'),
  'i',
);

/** Words without which neither pattern matches: nearly every text is without, and the patterns try at each of its verbs. */
const ITS_WORDS = /title|tag|questions|prompts|topic|summar|compaction|continuing/i;

const textOf = ({ content }: Message): string => {
  for (const part of content) {
    if (part.type === 'text' && part.text.trim() !== '') return part.text.slice(0, CHARACTERS).trim();
  }
  return '';
};

const read = (text: string): Housekeeping | null => {
  if (!ITS_WORDS.test(text)) return null;
  if (TITLE.test(text)) return 'title';
  return SUMMARY.test(text) ? 'summary' : null;
};

/**
 * Null: a person or an agent wants an answer. The first system prompt and the last message of the client are read; a
 * request that offers tools to call is work, whatever its prompt says of titles.
 */
export const findHousekeeping = (request: CanonicalRequest): Housekeeping | null => {
  const { messages, maxOutputTokens, tools } = request;
  if (tools.length > 0) return null;
  const [first] = messages;
  const last = messages.at(-1);
  const said = last?.role === 'user' ? textOf(last) : '';
  if (maxOutputTokens !== null && maxOutputTokens <= PROBE_TOKENS && said.length <= PROBE_CHARACTERS) return 'probe';
  const instructed = first !== undefined && first.role !== 'user' ? read(textOf(first)) : null;
  return instructed ?? read(said);
};
