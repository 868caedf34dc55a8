/** The request around the words: tools on offer, the state of a tool loop, earlier turns. Counts only, no text. */
import type { JsonValue } from '../canonical/json.ts';
import type { Message } from '../canonical/message.ts';
import type { CanonicalRequest } from '../canonical/request.ts';
import type { UserWords } from './user-words.ts';

export interface Situation {
  readonly tools: number;
  readonly hostedTools: number;
  /** Deepest nesting of a tool's argument schema; 0 without arguments. */
  readonly schemaDepth: number;
  readonly toolsForbidden: boolean;
  readonly toolsRequired: boolean;
  /** Tool calls by the assistant since the latest user words. */
  readonly callsInLoop: number;
  /** The last message is a tool's result: the assistant is in the middle of its work. */
  readonly inToolLoop: boolean;
  /** Tool calls anywhere in the conversation. */
  readonly callsEver: number;
  readonly failedResults: number;
  readonly userTurns: number;
  readonly assistantTurns: number;
  readonly previousAssistantCharacters: number;
  readonly systemCharacters: number;
  readonly wantsStructuredOutput: boolean;
  readonly imagesEver: number;
}

/** A schema nested deeper than this is not walked further. */
const SCHEMA_DEPTH = 12;
/** Tools whose schema is walked. */
const SCHEMAS = 128;

const depthOf = (value: JsonValue | undefined, level: number): number => {
  if (typeof value !== 'object' || value === null || level >= SCHEMA_DEPTH) return level;
  const members = Array.isArray(value) ? value : Object.values(value);
  return members.reduce<number>((deepest, member) => Math.max(deepest, depthOf(member, level + 1)), level);
};

const textLength = (message: Message): number =>
  message.content.reduce((total, part) => total + (part.type === 'text' ? part.text.length : 0), 0);

const countParts = (message: Message, type: 'tool-call' | 'tool-result' | 'image'): number =>
  message.content.reduce((total, part) => total + (part.type === type ? 1 : 0), 0);

const readHistory = (request: CanonicalRequest, words: UserWords) => {
  let [callsInLoop, callsEver, failedResults, userTurns, assistantTurns] = [0, 0, 0, 0, 0];
  let [previousAssistantCharacters, systemCharacters, imagesEver] = [0, 0, 0];
  request.messages.forEach((message, at) => {
    const calls = countParts(message, 'tool-call');
    callsEver += calls;
    imagesEver += countParts(message, 'image');
    if (at > words.messageIndex) callsInLoop += calls;
    if (message.role === 'assistant') assistantTurns += 1;
    if (message.role === 'assistant' && at < words.messageIndex) previousAssistantCharacters = textLength(message);
    if (message.role === 'system' || message.role === 'developer') systemCharacters += textLength(message);
    if (message.role === 'user' && countParts(message, 'tool-result') === 0) userTurns += 1;
    for (const part of message.content) if (part.type === 'tool-result' && part.isError) failedResults += 1;
  });
  return {
    callsInLoop,
    callsEver,
    failedResults,
    userTurns,
    assistantTurns,
    previousAssistantCharacters,
    systemCharacters,
    imagesEver,
  };
};

export const readSituation = (request: CanonicalRequest, words: UserWords): Situation => {
  const last = request.messages.at(-1);
  const choice = request.toolChoice;
  const schemas = request.tools
    .slice(0, SCHEMAS)
    .map((tool) => (tool.type === 'function' ? depthOf(tool.parameters, 0) : 0));
  return {
    tools: request.tools.length,
    hostedTools: request.tools.filter((tool) => tool.type === 'hosted').length,
    schemaDepth: Math.max(0, ...schemas),
    toolsForbidden: choice?.type === 'none',
    toolsRequired:
      choice?.type === 'required' ||
      choice?.type === 'tool' ||
      (choice?.type === 'allowed' && choice.mode === 'required'),
    inToolLoop: last !== undefined && (last.role === 'tool' || countParts(last, 'tool-result') > 0),
    ...readHistory(request, words),
    wantsStructuredOutput: request.responseFormat !== null && request.responseFormat.type !== 'text',
  };
};
