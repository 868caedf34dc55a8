/**
 * The person's words in a request: what the human said in the latest user turn, freed from the harness around it, from
 * code, quotation and attached material. Never the system prompt, never an assistant turn, never a tool's output.
 */
import type { ContentPart } from '../canonical/content.ts';
import type { Message } from '../canonical/message.ts';
import type { CanonicalRequest } from '../canonical/request.ts';
import { openEnvelope } from './envelope.ts';
import { splitLayers } from './text-layers.ts';
import { toWindow } from './text-window.ts';

export interface UserWords {
  /** Prose of the human, at most two windows long. */
  readonly text: string;
  /** Code, traces and logs the human pasted. */
  readonly code: string;
  readonly fences: number;
  /** Quoted lines, attachments, retrieved passages. */
  readonly document: string;
  readonly harness: boolean;
  readonly images: number;
  readonly files: number;
  /** Index of the message in the request; -1 when no message holds words or media of a human. */
  readonly messageIndex: number;
}

/** Text parts read from each end of one message; the parts between are not looked at. */
const PARTS = 32;
/** User messages looked at, from the last backwards, before giving up. */
const MESSAGES = 64;

const nobody: UserWords = {
  text: '',
  code: '',
  fences: 0,
  document: '',
  harness: false,
  images: 0,
  files: 0,
  messageIndex: -1,
};

const endsOf = (parts: readonly ContentPart[]): readonly ContentPart[] =>
  parts.length <= 2 * PARTS ? parts : [...parts.slice(0, PARTS), ...parts.slice(-PARTS)];

const joinWindowed = (texts: readonly string[]): string => toWindow(texts.filter((text) => text !== '').join('\n'));

const readMessage = (message: Message, messageIndex: number): UserWords => {
  const prose: string[] = [];
  const code: string[] = [];
  const documents: string[] = [];
  let [fences, images, files, harness] = [0, 0, 0, false];
  for (const part of endsOf(message.content)) {
    if (part.type === 'image') images += 1;
    if (part.type === 'file') files += 1;
    if (part.type !== 'text') continue;
    const opened = openEnvelope(toWindow(part.text));
    const layers = splitLayers(opened.words);
    prose.push(layers.prose);
    code.push(layers.code);
    documents.push(opened.document, layers.quoted);
    fences += layers.fences;
    harness ||= opened.harness;
  }
  const [text, codeText, document] = [prose, code, documents].map(joinWindowed);
  return {
    text: text ?? '',
    code: codeText ?? '',
    document: document ?? '',
    fences,
    harness,
    images,
    files,
    messageIndex,
  };
};

const saysSomething = (words: UserWords): boolean =>
  words.text !== '' || words.code !== '' || words.images > 0 || words.files > 0;

const readBackFrom = (messages: readonly Message[], last: number): UserWords => {
  let looked = 0;
  let material = '';
  for (let at = last; at >= 0 && looked < MESSAGES; at -= 1) {
    const message = messages[at];
    if (message?.role !== 'user') continue;
    looked += 1;
    const words = readMessage(message, at);
    if (saysSomething(words))
      return material === '' ? words : { ...words, document: joinWindowed([words.document, material]) };
    material = joinWindowed([words.document, material]);
  }
  return { ...nobody, document: material };
};

/** Words of the latest user turn. Messages that hold only tool results or harness blocks are skipped. */
export const readUserWords = (request: CanonicalRequest): UserWords =>
  readBackFrom(request.messages, request.messages.length - 1);

/** Words of the user turn before the given one: what a short follow-up refers to. */
export const readEarlierWords = (request: CanonicalRequest, latest: UserWords): UserWords =>
  readBackFrom(request.messages, latest.messageIndex - 1);
