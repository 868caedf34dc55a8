/**
 * Estimated input tokens of a whole request without a tokeniser: characters by script, divided by what public
 * byte-pair tokenisers need on average. Good to about 20 % on prose; images and files are constants. Long texts are
 * sampled, so that the cost does not grow with a pasted book.
 */
import type { ContentPart } from '../canonical/content.ts';
import type { CanonicalRequest } from '../canonical/request.ts';
import { unitAt } from './units.ts';

/** Characters per token: Latin prose and code, other alphabets, and Han, kana or Hangul. */
const LATIN_CHARACTERS_PER_TOKEN = 4;
const ALPHABET_CHARACTERS_PER_TOKEN = 2.5;
const IDEOGRAPH_CHARACTERS_PER_TOKEN = 1.5;
/** Tokens of one image at ordinary detail, and of one attached file whose size the request does not tell. */
const IMAGE_TOKENS = 1_100;
const FILE_TOKENS = 3_000;
/** Role and separators of one message; name and frame of one tool. */
const MESSAGE_TOKENS = 4;
const TOOL_TOKENS = 12;

/** Samples of a long text: this many pieces of this many characters, evenly spread. */
const SAMPLES = 16;
const SAMPLE_CHARACTERS = 64;
const WHOLE_CHARACTERS = SAMPLES * SAMPLE_CHARACTERS;

const weigh = (text: string, from: number, to: number): number => {
  let tokens = 0;
  for (let at = from; at < to; at += 1) {
    const code = unitAt(text, at);
    if (code < 0x250) tokens += 1 / LATIN_CHARACTERS_PER_TOKEN;
    else tokens += 1 / (code < 0x2e80 ? ALPHABET_CHARACTERS_PER_TOKEN : IDEOGRAPH_CHARACTERS_PER_TOKEN);
  }
  return tokens;
};

/** Estimated tokens of one text. */
export const estimateTextTokens = (text: string): number => {
  if (text.length <= WHOLE_CHARACTERS) return weigh(text, 0, text.length);
  const stride = (text.length - SAMPLE_CHARACTERS) / (SAMPLES - 1);
  let sampled = 0;
  for (let piece = 0; piece < SAMPLES; piece += 1) {
    const from = Math.floor(piece * stride);
    sampled += weigh(text, from, from + SAMPLE_CHARACTERS);
  }
  return (sampled / WHOLE_CHARACTERS) * text.length;
};

const estimatePart = (part: ContentPart): number => {
  switch (part.type) {
    case 'text':
    case 'refusal':
      return estimateTextTokens(part.text);
    case 'reasoning':
      return (
        estimateTextTokens(part.text) +
        (part.opaque === null ? 0 : part.opaque.data.length / LATIN_CHARACTERS_PER_TOKEN)
      );
    case 'tool-call':
      return estimateTextTokens(part.name) + estimateTextTokens(part.input);
    case 'tool-result':
      return part.content.reduce((total, inner) => total + estimatePart(inner), 0);
    case 'image':
      return IMAGE_TOKENS;
    case 'audio':
    case 'file':
    case 'foreign':
      return FILE_TOKENS;
  }
};

/** Estimated input tokens of all messages and tools, a whole number ≥ 0. */
export const estimateInputTokens = (request: CanonicalRequest): number => {
  let tokens = 0;
  for (const message of request.messages) {
    tokens += MESSAGE_TOKENS;
    for (const part of message.content) tokens += estimatePart(part);
  }
  for (const tool of request.tools) {
    // Length only: a sample of the text would depend on the order of the schema's keys.
    tokens += TOOL_TOKENS + JSON.stringify(tool).length / LATIN_CHARACTERS_PER_TOKEN;
  }
  return Math.ceil(tokens);
};
