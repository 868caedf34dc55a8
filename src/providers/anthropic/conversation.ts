/**
 * Messages in the order and shape that the Messages API accepts. The rules:
 *
 * - System and developer messages before the first other message become `system` blocks, all of them, in order.
 * - A later one stays where it was, as a text block of the user turn inside `<system>` tags. Moving it to the front
 *   would change the prompt's prefix, and with it every cached token of a running agent, and would make an instruction
 *   hold from the beginning that was meant from then on. (Claude ≥ 4.8 knows a system role there; the catalog does not
 *   say which models do, and the others answer 400.)
 * - Neighbours with the same role are one turn. In a user turn, tool results come first.
 * - Every call of an assistant turn has exactly one result in the next turn: a missing one is filled in as an error, a
 *   result without a call becomes text.
 * - The conversation begins and ends with a user turn. (Claude ≥ 4.6 refuses an assistant turn at the end.)
 */
import type { ContentPart } from '../../canonical/content.ts';
import type { Message } from '../../canonical/message.ts';
import { InvalidRequestError } from '../../errors.ts';
import { noteLostNames } from '../message-names.ts';
import { asText } from '../reading.ts';
import type { Block, Turn } from './block.ts';
import { textBlock } from './block.ts';
import { toBlock } from './content-block.ts';
import type { Translation } from './translation.ts';

export interface Conversation {
  readonly system: Block[];
  readonly turns: readonly Turn[];
}

const CONTINUE = 'Continue.';

const member = (block: Block, name: string): string => asText(block[name]) ?? '';

const isSystem = (message: Message): boolean => message.role === 'system' || message.role === 'developer';

const toBlocks = (content: readonly ContentPart[], translation: Translation): Block[] =>
  content.map((part) => toBlock(part, translation)).filter((block) => block !== undefined);

const inSystemTags = (block: Block): Block =>
  block.type === 'text' ? Object.assign(block, { text: `<system>\n${member(block, 'text')}\n</system>` }) : block;

const emulated = ({ log }: Translation, message: string): void =>
  log.add('param_emulated', { param: 'messages', message });

const append = (turns: Turn[], role: Turn['role'], blocks: readonly Block[]): void => {
  if (blocks.length === 0) return;
  const last = turns.at(-1);
  if (last?.role === role) last.content.push(...blocks);
  else turns.push({ role, content: [...blocks] });
};

const toTurns = (messages: readonly Message[], translation: Translation): Turn[] => {
  const turns: Turn[] = [];
  noteLostNames(messages, translation.log);
  for (const message of messages) {
    const blocks = toBlocks(message.content, translation);
    if (message.role === 'assistant') {
      append(turns, 'assistant', blocks);
    } else if (isSystem(message)) {
      emulated(translation, 'System messages after the first turn are sent in the user turn, inside <system> tags.');
      append(turns, 'user', blocks.map(inSystemTags));
    } else {
      append(turns, 'user', blocks);
    }
  }
  return turns;
};

const callIds = (turn: Turn | undefined): Set<string> =>
  new Set(
    (turn?.role === 'assistant' ? turn.content : [])
      .filter((block) => block.type === 'tool_use')
      .map((block) => member(block, 'id')),
  );

const resultText = (block: Block): string => {
  const content = Array.isArray(block['content']) ? (block['content'] as readonly Block[]) : [];
  return content.map((inner) => (inner.type === 'text' ? member(inner, 'text') : `[${inner.type}]`)).join('\n');
};

/** One user turn with the results of the turn before it first, complete and without strangers. */
const pairResults = (turn: Turn, before: Turn | undefined, translation: Translation): Turn => {
  const open = callIds(before);
  const results: Block[] = [];
  const others: Block[] = [];
  for (const block of turn.content) {
    if (block.type !== 'tool_result') {
      others.push(block);
    } else if (open.delete(member(block, 'tool_use_id'))) {
      results.push(block);
    } else {
      emulated(translation, 'A tool result without a matching call was sent as text.');
      others.push(textBlock(`Result of a tool call that is no longer shown:\n${resultText(block)}`));
    }
  }
  for (const id of open) {
    emulated(translation, 'A tool call had no result; it was sent with an error as its result.');
    const content = [textBlock('No result was recorded for this call.')];
    results.push({ type: 'tool_result', tool_use_id: id, content, is_error: true });
  }
  return { role: 'user', content: [...results, ...others] };
};

/** The provider refuses trailing white space in an assistant turn that ends the conversation. */
const closeConversation = (turns: Turn[], translation: Translation): void => {
  const last = turns.at(-1);
  if (last?.role !== 'assistant') return;
  if (callIds(last).size > 0) {
    turns.push({ role: 'user', content: [] });
    return;
  }
  if (translation.target.deployment.model.reasoning.control === 'adaptive') {
    emulated(
      translation,
      `The conversation ended with the assistant, which the model refuses: "${CONTINUE}" was added.`,
    );
    turns.push({ role: 'user', content: [textBlock(CONTINUE)] });
    return;
  }
  const block = last.content.at(-1);
  if (block?.type === 'text') Object.assign(block, { text: member(block, 'text').trimEnd() });
};

/** Throws InvalidRequestError when there is nothing to send. */
export const toConversation = (translation: Translation): Conversation => {
  const { messages } = translation.request;
  const firstOther = messages.findIndex((message) => !isSystem(message));
  const leading = firstOther === -1 ? messages : messages.slice(0, firstOther);
  const system = leading.flatMap((message) => toBlocks(message.content, translation));
  const turns = firstOther === -1 ? [] : toTurns(messages.slice(firstOther), translation);
  if (turns.length === 0) {
    const last = system.pop();
    if (last === undefined) {
      throw new InvalidRequestError(
        'messages: expected at least one message with content, given none. Add a user message.',
        {
          field: 'messages',
        },
      );
    }
    emulated(translation, 'The provider needs a user turn: the last system message is sent as one.');
    turns.push({ role: 'user', content: [last] });
  }
  if (turns[0]?.role === 'assistant') {
    emulated(
      translation,
      `The provider needs a user turn first: "${CONTINUE}" was added before the assistant's message.`,
    );
    turns.unshift({ role: 'user', content: [textBlock(CONTINUE)] });
  }
  closeConversation(turns, translation);
  const paired = turns.map((turn, index) =>
    turn.role === 'user' ? pairResults(turn, turns[index - 1], translation) : turn,
  );
  return { system, turns: paired };
};
