/** A whole message: the provider's own text with members spliced in, or one built from canonical form. */
import { brand } from '../../brand.ts';
import type { ContentPart, ReasoningPart } from '../../canonical/content.ts';
import type { JsonObject, JsonValue } from '../../canonical/json.ts';
import { sealReasoning } from '../../canonical/sealed-reasoning.ts';
import { spliceMembers } from '../../json/splice.ts';
import type { RenderOptions, WholeAnswer } from '../codec.ts';
import { toMessageId, toMessagesUsage, toStopReason, toToolInput } from './answer-members.ts';

type WholeOptions = RenderOptions & { readonly gearbox: JsonObject | null };

/** Another maker's signature is sealed: it comes back for its maker, and nobody can mistake it for theirs. */
const toThinking = ({ text, summary, opaque }: ReasoningPart): readonly JsonObject[] => {
  const thinking = text === '' ? summary.join('\n\n') : text;
  const signature = opaque === null ? '' : sealReasoning(opaque);
  if (thinking !== '') return [{ type: 'thinking', thinking, signature }];
  return signature === '' ? [] : [{ type: 'redacted_thinking', data: signature }];
};

const toBlocks = (part: ContentPart): readonly JsonObject[] => {
  switch (part.type) {
    case 'text':
    case 'refusal':
      return part.text === '' ? [] : [{ type: 'text', text: part.text, citations: null }];
    case 'reasoning':
      return toThinking(part);
    case 'tool-call':
      // A call that the provider answers itself is nothing for the client to do.
      return part.kind === 'hosted'
        ? []
        : [{ type: 'tool_use', id: part.id, name: part.name, input: toToolInput(part.input, part.kind) }];
    case 'image':
    case 'audio':
    case 'file':
    case 'tool-result':
    case 'foreign':
      // An answer of this protocol has no block for these.
      return [];
  }
};

const build = ({ response }: WholeAnswer, { echoModel, gearbox }: WholeOptions): string => {
  const [choice] = response.choices;
  const content = (choice?.content ?? []).flatMap(toBlocks);
  const hasToolCalls = content.some((block) => block['type'] === 'tool_use');
  const message: Record<string, JsonValue> = {
    id: toMessageId(response.id),
    type: 'message',
    role: 'assistant',
    model: echoModel ?? response.model,
    content,
    stop_reason: toStopReason(choice?.finish ?? { kind: 'other', raw: null }, hasToolCalls),
    stop_sequence: null,
    usage: toMessagesUsage(response.usage),
  };
  if (gearbox !== null) message[brand.bodyKey] = gearbox;
  return JSON.stringify(message);
};

export const renderMessagesWhole = (answer: WholeAnswer, options: WholeOptions): string => {
  if (answer.protocol !== 'anthropic-messages') return build(answer, options);
  const set: Record<string, string> = {};
  if (options.echoModel !== null) set['model'] = JSON.stringify(options.echoModel);
  if (options.gearbox !== null) set[brand.bodyKey] = JSON.stringify(options.gearbox);
  return Object.keys(set).length === 0 ? answer.text : spliceMembers(answer.text, { set });
};
