/** Deltas of a chat stream, as JSON text, for blocks of canonical parts. */
import type { OpaqueReasoning } from '../../canonical/content.ts';
import type { JsonObject } from '../../canonical/json.ts';
import type { BlockKind } from '../../canonical/stream-part.ts';
import { toReasoningDetails } from './reasoning-details.ts';

export type ToolDialect = 'tool_calls' | 'function_call';

/** A block that a chat client is shown. */
export interface ShownBlock {
  readonly kind: BlockKind['kind'];
  readonly isCustom: boolean;
  /** Position in `tool_calls`, dense from 0 in each choice. */
  readonly toolIndex: number;
  readonly dialect: ToolDialect;
}

const toToolDelta = (block: ShownBlock, call: JsonObject): string => {
  if (block.dialect === 'function_call') return JSON.stringify({ function_call: call });
  const member = block.isCustom ? 'custom' : 'function';
  return JSON.stringify({ tool_calls: [{ index: block.toolIndex, [member]: call }] });
};

/** First delta of a tool call: id, type and name, and arguments that begin empty. */
export const toToolStart = (block: ShownBlock, content: Extract<BlockKind, { kind: 'tool-call' }>): string => {
  const { id, name } = content;
  if (block.dialect === 'function_call') return toToolDelta(block, { name, arguments: '' });
  const call = block.isCustom
    ? { type: 'custom', custom: { name, input: '' } }
    : { type: 'function', function: { name, arguments: '' } };
  return JSON.stringify({ tool_calls: [{ index: block.toolIndex, id, ...call }] });
};

export const toTextDelta = (block: ShownBlock, text: string): string => {
  switch (block.kind) {
    case 'text':
      return `{"content":${JSON.stringify(text)}}`;
    case 'refusal':
      return `{"refusal":${JSON.stringify(text)}}`;
    case 'reasoning':
      return `{"reasoning_content":${JSON.stringify(text)}}`;
    case 'tool-call':
      return toToolDelta(block, block.isCustom ? { input: text } : { arguments: text });
  }
};

/** What only the maker can read: on a tool call where Google's clients look, else in `reasoning_details`. */
export const toOpaqueDelta = (block: ShownBlock, opaque: OpaqueReasoning, text: string): string => {
  if (block.kind === 'tool-call' && opaque.kind === 'thought-signature' && block.dialect === 'tool_calls') {
    const extra_content = { google: { thought_signature: opaque.data } };
    return JSON.stringify({ tool_calls: [{ index: block.toolIndex, extra_content }] });
  }
  return JSON.stringify({ reasoning_details: toReasoningDetails(opaque, { text }) });
};
