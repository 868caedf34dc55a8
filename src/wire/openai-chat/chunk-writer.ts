/** Writes chunks of one chat answer: the members that all of them repeat are printed once, not once per token. */
import { brand } from '../../brand.ts';
import type { JsonObject } from '../../canonical/json.ts';
import type { StreamPart } from '../../canonical/stream-part.ts';
import { renderEvent } from '../../sse/writer.ts';
import type { StreamRenderOptions } from '../codec.ts';
import type { ChatFinishReason } from './answer-members.ts';
import { toChatId } from './answer-members.ts';

/** JSON text of a chunk without its closing brace, so that one more member can follow. */
export type OpenChunk = string & { readonly open: true };

export interface ChunkWriter {
  /** `delta` is JSON text. */
  readonly toChunk: (choice: number, delta: string, finish?: ChatFinishReason | null) => OpenChunk;
  /** The chunk without choices that ends an answer when the client asked for usage. */
  readonly toUsageChunk: (usage: JsonObject) => OpenChunk;
}

const MILLISECONDS_PER_SECOND = 1000;

const asOpen = (text: string): OpenChunk => text as OpenChunk;

/** The chunk as an event, with the `gearbox` object or without. */
export const closeChunk = (chunk: OpenChunk, gearbox: JsonObject | null = null): string => {
  const member = gearbox === null ? '' : `,${JSON.stringify(brand.bodyKey)}:${JSON.stringify(gearbox)}`;
  return renderEvent({ data: `${chunk}${member}}` });
};

export const createChunkWriter = (
  start: Extract<StreamPart, { type: 'start' }>,
  { echoModel, now, request }: StreamRenderOptions,
): ChunkWriter => {
  const id = JSON.stringify(toChatId(start.id));
  const created = start.createdAtSeconds ?? Math.floor(now() / MILLISECONDS_PER_SECOND);
  const model = JSON.stringify(echoModel ?? start.model);
  const head = `{"id":${id},"object":"chat.completion.chunk","created":${created},"model":${model},"choices":[`;
  // Asked for usage, a client finds the member in every chunk: null, and counts in the last.
  const tail = request.includeUsage ? '],"usage":null' : ']';
  return {
    toChunk: (choice, delta, finish = null) => {
      const reason = finish === null ? 'null' : `"${finish}"`;
      const body = `{"index":${choice},"delta":${delta},"logprobs":null,"finish_reason":${reason}}`;
      return asOpen(head + body + tail);
    },
    toUsageChunk: (usage) => asOpen(`${head}],"usage":${JSON.stringify(usage)}`),
  };
};
