/** Canonical content parts as blocks of the Messages API. */
import type { ContentPart, ReasoningPart, ToolCallPart, ToolResultPart } from '../../canonical/content.ts';
import { asJson, asRecord, parseExact } from '../reading.ts';
import { isReadableBy } from '../reasoning-origin.ts';
import type { Block } from './block.ts';
import { textBlock } from './block.ts';
import { toFileBlock, toImageBlock } from './media-block.ts';
import type { Translation } from './translation.ts';

const drop = ({ log }: Translation, what: string, reason: string): undefined => {
  log.dropped('messages', what, reason);
};

/**
 * Only reasoning that the provider signed may go back to it. Reasoning of another maker is left out: unsigned or
 * foreign `thinking` is a 400, and it stays in the stored history for a return to its maker.
 */
const toThinkingBlock = (part: ReasoningPart, translation: Translation): Block | undefined => {
  const { opaque } = part;
  const own = opaque !== null && isReadableBy(opaque, 'anthropic-messages', translation.target.deployment);
  if (own && opaque.kind === 'signature') return { type: 'thinking', thinking: part.text, signature: opaque.data };
  if (own && opaque.kind === 'redacted') return { type: 'redacted_thinking', data: opaque.data };
  return drop(translation, 'reasoning', 'Reasoning that this provider did not sign cannot be sent to it.');
};

/** Arguments must be an object here, while models also write nothing, other values and broken JSON. */
const toInput = (part: ToolCallPart, translation: Translation): Block['input'] => {
  if (part.kind === 'custom') return { input: part.input };
  if (part.input.trim() === '') return {};
  try {
    const value = parseExact(part.input);
    if (asRecord(value) !== undefined) return asJson(value);
  } catch {
    // Falls through: what the model wrote is kept as text, so that it can see its own mistake.
  }
  translation.log.add('param_emulated', {
    param: 'messages',
    requested: 'tool call arguments',
    applied: '{"raw_arguments": …}',
    message: `The arguments of the call to ${part.name} are not a JSON object; they are sent as text in raw_arguments.`,
  });
  return { raw_arguments: part.input };
};

const toToolUse = (part: ToolCallPart, translation: Translation): Block | undefined => {
  if (part.kind === 'hosted') {
    return drop(translation, 'hosted tool call', 'A tool that another provider ran cannot be shown to this one.');
  }
  const { ids, names } = translation;
  return {
    type: 'tool_use',
    id: ids.rename(part.id),
    name: names.rename(part.name),
    input: toInput(part, translation),
  };
};

const toToolResult = (part: ToolResultPart, translation: Translation): Block => {
  const content = part.content.map((inner) => toBlock(inner, translation)).filter((block) => block !== undefined);
  return {
    type: 'tool_result',
    tool_use_id: translation.ids.rename(part.callId),
    ...(content.length === 0 ? {} : { content }),
    ...(part.isError ? { is_error: true } : {}),
  };
};

const convert = (part: ContentPart, translation: Translation): Block | undefined => {
  switch (part.type) {
    case 'text':
    case 'refusal':
      // Empty text blocks are refused with 400 (known from two other gateways).
      return part.text.trim() === '' ? undefined : textBlock(part.text);
    case 'image':
      return toImageBlock(part);
    case 'file':
      return (
        toFileBlock(part) ??
        drop(translation, 'file', 'The provider takes PDF, text and image files only; another file was left out.')
      );
    case 'audio':
      return drop(translation, 'audio', 'The provider takes no audio input.');
    case 'reasoning':
      return toThinkingBlock(part, translation);
    case 'tool-call':
      return toToolUse(part, translation);
    case 'tool-result':
      return toToolResult(part, translation);
    case 'foreign':
      if (part.protocol === 'anthropic-messages') return asRecord(part.value) as Block | undefined;
      return drop(translation, 'foreign', `A content part that only ${part.protocol} knows was left out.`);
  }
};

/** The block for a part, or undefined when nothing is to be sent (what was left out is in the log). */
export const toBlock = (part: ContentPart, translation: Translation): Block | undefined => {
  const block = convert(part, translation);
  if (block !== undefined && 'cache' in part) translation.marks.mark(block, part.cache);
  return block;
};
