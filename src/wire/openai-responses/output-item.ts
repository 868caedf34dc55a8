/** Items of `output`: what a model said, thought and called, one item each. */
import type { ContentPart, OpaqueReasoning } from '../../canonical/content.ts';
import type { JsonObject } from '../../canonical/json.ts';
import { sealReasoning } from '../../canonical/sealed-reasoning.ts';
import type { BlockKind } from '../../canonical/stream-part.ts';

export type ItemStatus = 'in_progress' | 'completed';

/** Prefixes by which clients tell items apart. */
const ID_PREFIX = {
  text: 'msg',
  refusal: 'msg',
  reasoning: 'rs',
  function: 'fc',
  custom: 'ctc',
  hosted: 'fc',
} as const;

/** An id for the item at this place of an answer: unique within it, and the same whole and streamed. */
export const toItemId = (content: BlockKind, responseId: string, index: number): string =>
  `${ID_PREFIX[content.kind === 'tool-call' ? content.toolKind : content.kind]}_${responseId.replace(/^resp_/, '')}_${index}`;

/** Models write nothing when a function has no arguments; clients parse what they get as JSON. */
export const toArguments = (text: string): string => (text.trim() === '' ? '{}' : text);

export const toTextPart = (text: string): JsonObject => ({ type: 'output_text', text, annotations: [], logprobs: [] });
export const toRefusalPart = (refusal: string): JsonObject => ({ type: 'refusal', refusal });
export const toSummaryPart = (text: string): JsonObject => ({ type: 'summary_text', text });

const toMessageItem = (id: string, part: JsonObject | null, status: ItemStatus): JsonObject => ({
  type: 'message',
  id,
  status,
  role: 'assistant',
  content: part === null ? [] : [part],
});

export interface ItemState {
  readonly id: string;
  readonly content: BlockKind;
  readonly text: string;
  readonly status: ItemStatus;
  /** Reasoning that only its maker can read, for the way back. */
  readonly opaque?: OpaqueReasoning | null;
}

/** An item as it stands: without its content while in progress, as the first event of an item shows it. */
export const toItem = ({ id, content, text, status, opaque = null }: ItemState): JsonObject => {
  const done = status === 'completed';
  switch (content.kind) {
    case 'text':
      return toMessageItem(id, done ? toTextPart(text) : null, status);
    case 'refusal':
      return toMessageItem(id, done ? toRefusalPart(text) : null, status);
    case 'reasoning':
      return {
        type: 'reasoning',
        id,
        summary: done && text !== '' ? [toSummaryPart(text)] : [],
        ...(done && opaque !== null ? { encrypted_content: sealReasoning(opaque) } : {}),
      };
    case 'tool-call': {
      const call = { id, status, call_id: content.id, name: content.name };
      return content.toolKind === 'custom'
        ? { type: 'custom_tool_call', ...call, input: done ? text : '' }
        : { type: 'function_call', ...call, arguments: done ? toArguments(text) : '' };
    }
  }
};

export type ItemContent = Pick<ItemState, 'content' | 'text' | 'opaque'>;

/** A canonical part as block and text; null for one that an answer of this protocol has no item for. */
export const toBlock = (part: ContentPart): ItemContent | null => {
  switch (part.type) {
    case 'text':
    case 'refusal':
      return { content: { kind: part.type }, text: part.text };
    case 'reasoning':
      return {
        content: { kind: 'reasoning' },
        text: part.text === '' ? part.summary.join('\n\n') : part.text,
        opaque: part.opaque,
      };
    case 'tool-call': {
      const { id, name, kind, input } = part;
      // A call that the provider answers itself is nothing for the client to do.
      return kind === 'hosted' ? null : { content: { kind: 'tool-call', id, name, toolKind: kind }, text: input };
    }
    case 'image':
    case 'audio':
    case 'file':
    case 'tool-result':
    case 'foreign':
      return null;
  }
};

/** Whether a block shows anything: an empty message is one that clients send back and providers refuse. */
export const isShown = ({ content, text, opaque = null }: ItemContent): boolean =>
  content.kind === 'tool-call' || text !== '' || opaque !== null;
