/** Frames of a chat stream as a provider's reader gives them in `observe` mode, for tests of what comes after it. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { StreamFrame, StreamPart } from '../../src/canonical/stream-part.ts';
import { NO_USAGE } from '../../src/canonical/usage.ts';

interface LooseChunk {
  readonly id?: string;
  readonly model?: string;
  readonly choices?: readonly { readonly index?: number; readonly finish_reason?: string | null }[];
  readonly usage?: Readonly<Record<string, number>> | null;
  readonly error?: unknown;
}

const toParts = (chunk: LooseChunk, isFirst: boolean): StreamPart[] => {
  const parts: StreamPart[] = [];
  if (isFirst) parts.push({ type: 'start', id: chunk.id ?? '', model: chunk.model ?? '', createdAtSeconds: null });
  for (const { index, finish_reason: reason } of chunk.choices ?? []) {
    if (typeof reason !== 'string' || reason === '') continue;
    parts.push({ type: 'finish', choice: index ?? 0, finish: { kind: 'stop', raw: reason } });
  }
  if (chunk.usage !== undefined && chunk.usage !== null) {
    const inputTokens = chunk.usage['prompt_tokens'] ?? null;
    const outputTokens = chunk.usage['completion_tokens'] ?? null;
    parts.push({ type: 'usage', usage: { ...NO_USAGE, inputTokens, outputTokens, raw: chunk.usage } });
  }
  return parts;
};

const toFault = (message: string): StreamPart => ({
  type: 'error',
  fault: { status: 500, code: null, type: null, message, retryAfterSeconds: null },
});

/** One frame per data text. */
export const toChatFrames = (events: readonly string[]): StreamFrame[] =>
  events.map((data, position) => {
    const frame = { protocol: 'openai-chat', event: null, data } as const;
    if (data === '[DONE]') return { ...frame, parts: [{ type: 'end' }] };
    const chunk = JSON.parse(data) as LooseChunk; // fixtures are ours or recorded
    return { ...frame, parts: chunk.error === undefined ? toParts(chunk, position === 0) : [toFault('upstream')] };
  });

const RECORDED = join(import.meta.dirname, '../../../shared/fixtures/recorded');

/** Recorded chat streams by file name, `[DONE]` added; empty where the recordings are not on this machine. */
export const loadRecordedChatStreams = (): ReadonlyMap<string, readonly string[]> => {
  const streams = new Map<string, readonly string[]>();
  for (const folder of ['openai-compatible', 'deepseek', 'mistral', 'xai']) {
    const path = join(RECORDED, folder);
    const names = existsSync(path) ? readdirSync(path).filter((name) => name.endsWith('.chunks.txt')) : [];
    for (const name of names) {
      const events = readFileSync(join(path, name), 'utf8')
        .split('\n')
        .filter((line) => line !== '');
      if (events[0]?.includes('"chat.completion.chunk"') === true) streams.set(name, [...events, '[DONE]']);
    }
  }
  return streams;
};
