/** Answers in the other form than asked for: a whole one as a stream, a stream as a whole one. */
import type { ContentPart, OpaqueReasoning } from '../canonical/content.ts';
import type { Finish } from '../canonical/finish.ts';
import type { UpstreamProtocol } from '../canonical/protocol.ts';
import type { CanonicalResponse } from '../canonical/response.ts';
import type { BlockKind, StreamFrame, StreamPart, StreamReaderMode, UpstreamFault } from '../canonical/stream-part.ts';
import { NO_USAGE } from '../canonical/usage.ts';
import type { Usage } from '../canonical/usage.ts';
import { garbageFault } from './fault.ts';
import type { AnswerContext, ProviderProtocol } from './provider.ts';
import { renderWhole } from './whole-text.ts';

interface ReplayOptions {
  readonly text: string;
  readonly mode: StreamReaderMode;
  readonly context: AnswerContext;
}

/** A whole answer as one batch of the frames that a stream would have had. */
export async function* replayWhole(
  protocol: ProviderProtocol,
  { text, mode, context }: ReplayOptions,
): AsyncGenerator<readonly StreamFrame[]> {
  const reader = protocol.createStreamReader(mode, context);
  yield protocol.toEvents(text).map(({ event, data }) => reader.read(event, data));
}

interface Collected {
  readonly content: BlockKind;
  text: string;
  opaque: OpaqueReasoning | null;
}

interface Answer {
  id: string;
  model: string;
  createdAtSeconds: number | null;
  usage: Usage;
  ended: boolean;
  readonly blocks: Map<number, Map<number, Collected>>;
  readonly finishes: Map<number, Finish>;
}

const toPart = ({ content, text, opaque }: Collected): ContentPart => {
  switch (content.kind) {
    case 'text':
    case 'refusal':
      return { type: content.kind, text };
    case 'reasoning':
      return { type: 'reasoning', text, summary: [], opaque };
    case 'tool-call':
      return { type: 'tool-call', id: content.id, name: content.name, kind: content.toolKind, input: text };
  }
};

const blockOf = (answer: Answer, { choice, block }: { readonly choice: number; readonly block: number }) =>
  answer.blocks.get(choice)?.get(block);

/** Adds one part; the fault that it reports, if it is one. */
const collect = (answer: Answer, part: StreamPart): UpstreamFault | null => {
  switch (part.type) {
    case 'start':
      Object.assign(answer, { id: part.id, model: part.model, createdAtSeconds: part.createdAtSeconds });
      return null;
    case 'block-start': {
      const blocks = answer.blocks.get(part.choice) ?? new Map<number, Collected>();
      answer.blocks.set(part.choice, blocks.set(part.block, { content: part.content, text: '', opaque: null }));
      return null;
    }
    case 'block-delta': {
      const block = blockOf(answer, part);
      if (block !== undefined) block.text += part.text;
      return null;
    }
    case 'block-opaque': {
      const block = blockOf(answer, part);
      if (block !== undefined) block.opaque = part.opaque;
      return null;
    }
    case 'finish':
      answer.finishes.set(part.choice, part.finish);
      return null;
    case 'usage':
      answer.usage = part.usage;
      return null;
    case 'error':
      return part.fault;
    case 'end':
      answer.ended = true;
      return null;
    case 'block-annotation':
    case 'block-end':
      return null;
  }
};

const toResponse = ({ id, model, createdAtSeconds, usage, blocks, finishes }: Answer): CanonicalResponse => ({
  id,
  model,
  createdAtSeconds,
  usage,
  choices: [...finishes].map(([choice, finish]) => ({
    content: [...(blocks.get(choice)?.values() ?? [])].map(toPart),
    finish,
  })),
});

export type CollectedAnswer =
  | { readonly type: 'whole'; readonly text: string; readonly response: CanonicalResponse }
  | { readonly type: 'fault'; readonly fault: UpstreamFault };

/** Reads a stream to its end and puts the answer together. A stream that was cut is a fault. */
export const collectStream = async (
  batches: AsyncIterable<readonly StreamFrame[]>,
  protocol: UpstreamProtocol,
): Promise<CollectedAnswer> => {
  const answer: Answer = {
    id: '',
    model: '',
    createdAtSeconds: null,
    usage: NO_USAGE,
    ended: false,
    blocks: new Map(),
    finishes: new Map(),
  };
  for await (const frames of batches) {
    for (const part of frames.flatMap((frame) => frame.parts)) {
      const fault = collect(answer, part);
      if (fault !== null) return { type: 'fault', fault };
    }
  }
  if (!answer.ended)
    return { type: 'fault', fault: { ...garbageFault('The stream broke off.'), code: 'upstream_truncated' } };
  const response = toResponse(answer);
  return { type: 'whole', text: renderWhole(response, protocol), response };
};
