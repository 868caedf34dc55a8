/** The members of an assistant message or delta that hold text, in every spelling seen. */
import { asList, asRecord, asText } from '../reading.ts';
import type { JsonRecord } from '../reading.ts';

export interface ContentPiece {
  readonly kind: 'text' | 'reasoning';
  readonly text: string;
}

/** Text of Mistral's `thinking` parts: a list of text parts, or text. */
const thinkingText = (value: unknown): string =>
  asText(value) ??
  asList(value)
    .map((part) => asText(asRecord(part)?.['text']) ?? '')
    .join('');

const toPiece = (value: unknown): readonly ContentPiece[] => {
  const part = asRecord(value);
  switch (part?.['type']) {
    case 'thinking':
      return [{ kind: 'reasoning', text: thinkingText(part['thinking']) }];
    case 'text':
    case 'output_text':
      return [{ kind: 'text', text: asText(part['text']) ?? '' }];
    default:
      return [];
  }
};

/** `content` as pieces: a string, or a list of parts (Mistral). */
const contentPieces = (content: unknown): readonly ContentPiece[] =>
  typeof content === 'string' ? [{ kind: 'text', text: content }] : asList(content).flatMap(toPiece);

const detailsText = (details: unknown): string =>
  asList(details)
    .map((detail) => asRecord(detail))
    .map((detail) => asText(detail?.['text']) ?? asText(detail?.['summary']) ?? '')
    .join('');

/** Reasoning text: `reasoning_content` (DeepSeek, Qwen, vLLM), `reasoning` (OpenRouter, Groq), or inside the details. */
export const reasoningText = (message: JsonRecord): string =>
  asText(message['reasoning_content']) ?? asText(message['reasoning']) ?? detailsText(message['reasoning_details']);

/** The details verbatim, for the way back; undefined when there are none. */
export const reasoningDetails = (message: JsonRecord): string | undefined => {
  const details = message['reasoning_details'];
  return Array.isArray(details) && details.length > 0 ? JSON.stringify(details) : undefined;
};

/** All text of a message or delta in the order reasoning, content; empty pieces are left out. */
export const toPieces = (message: JsonRecord): readonly ContentPiece[] => {
  const reasoning = reasoningText(message);
  const pieces = contentPieces(message['content']);
  const all: readonly ContentPiece[] = reasoning === '' ? pieces : [{ kind: 'reasoning', text: reasoning }, ...pieces];
  return all.filter((piece) => piece.text !== '');
};
