/**
 * Transcripts of Claude Code (`projects/<folder>/<session>.jsonl`, seen with 2.1). One call is several lines, one for each
 * block of its answer, all with the id of the message and with its usage: the last of them counts.
 */
import { toUsage } from '../providers/anthropic/usage.ts';
import { asRecord, asText, type JsonRecord } from '../providers/reading.ts';
import { OTHER, unread, type AuditedCall, type LogReader, type ReadLine, type Turn } from './audited-call.ts';
import { asTime, isToolResult, textOf } from './reading.ts';

/** Messages that the program writes itself, without a model. */
const SYNTHETIC = '<synthetic>';

interface Thread {
  turn: Turn;
  prompt: string | null;
}

export const createClaudeCodeReader = (): LogReader => {
  const calls = new Map<string, AuditedCall>();
  /** The main conversation, and that of sub-agents. */
  const threads = new Map<boolean, Thread>();

  const threadOf = (line: JsonRecord): Thread => {
    const key = line['isSidechain'] === true;
    const known = threads.get(key) ?? { turn: 'unknown', prompt: null };
    threads.set(key, known);
    return known;
  };

  const readUser = (line: JsonRecord, message: JsonRecord): ReadLine => {
    const thread = threadOf(line);
    if (isToolResult(message)) thread.turn = 'tool-loop';
    else {
      const text = textOf(message['content']);
      Object.assign(thread, { turn: 'prompt', prompt: text === '' ? null : text });
    }
    return OTHER;
  };

  const readAssistant = (line: JsonRecord, message: JsonRecord): ReadLine => {
    const id = asText(message['id']);
    const model = asText(message['model']);
    if (model === SYNTHETIC || line['isApiErrorMessage'] === true) return OTHER;
    if (id === undefined || model === undefined) return unread('an answer without `message.id` or `message.model`');
    if (asRecord(message['usage']) === undefined) return unread('an answer without `message.usage`');
    const { turn, prompt } = calls.get(id) ?? threadOf(line);
    const atMs = asTime(line['timestamp']);
    calls.set(id, {
      model,
      provider: 'anthropic',
      atMs,
      usage: toUsage(message['usage']),
      billedMicroUsd: null,
      turn,
      prompt,
    });
    return OTHER;
  };

  return {
    read: (value) => {
      const line = asRecord(value);
      if (line === undefined) return unread('the line is no object');
      const message = asRecord(line['message']);
      if (message === undefined) return OTHER;
      switch (line['type']) {
        case 'user':
          return readUser(line, message);
        case 'assistant':
          return readAssistant(line, message);
        default:
          return OTHER;
      }
    },
    end: () => [...calls.values()],
  };
};
