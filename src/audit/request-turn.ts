/** What a logged request answered: the last of its messages says so, in any of the three protocols. */
import { asList, asRecord, asText, type JsonRecord } from '../providers/reading.ts';
import type { AuditedCall } from './audited-call.ts';
import { isToolResult, textOf } from './reading.ts';

const messagesOf = (request: JsonRecord): readonly JsonRecord[] => {
  const { messages, input } = request;
  if (typeof input === 'string') return [{ role: 'user', content: input }];
  return asList(Array.isArray(messages) ? messages : input).flatMap((message) => {
    const record = asRecord(message);
    return record === undefined ? [] : [record];
  });
};

export const toTurn = (request: JsonRecord | undefined): Pick<AuditedCall, 'turn' | 'prompt'> => {
  const messages = request === undefined ? [] : messagesOf(request);
  const last = messages.at(-1);
  if (last === undefined) return { turn: 'unknown', prompt: null };
  const words = messages.findLast((message) => message['role'] === 'user' && !isToolResult(message));
  const text = textOf(words?.['content']);
  const prompt = text === '' ? null : text;
  if (isToolResult(last)) return { turn: 'tool-loop', prompt };
  return { turn: asText(last['role']) === 'user' ? 'prompt' : 'unknown', prompt };
};
