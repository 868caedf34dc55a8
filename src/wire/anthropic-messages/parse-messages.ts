/** System prompt and messages of a Messages request. */
import type { Message } from '../../canonical/message.ts';
import type { FieldNode } from '../field.ts';
import { describeGiven, fieldError, pathOf, requiredList, requiredString, toNodes } from '../field.ts';
import type { MessagesLimits } from './limits.ts';
import { parseContent } from './parse-block.ts';

const parseSystem = (body: FieldNode, { maxBlocks }: MessagesLimits): readonly Message[] => {
  const content = parseContent(body, maxBlocks, 'system');
  return content.length === 0 ? [] : [{ role: 'system', content }];
};

/**
 * A user turn as one message for the results of tools and one for the person's words: elsewhere a result is a message of
 * its own, and whether a person or a tool spoke last decides how the turn is routed.
 */
const parseUser = (message: FieldNode, maxBlocks: number): readonly Message[] => {
  const content = parseContent(message, maxBlocks);
  const results = content.filter(({ type }) => type === 'tool-result');
  const words = content.filter(({ type }) => type !== 'tool-result');
  return [
    ...(results.length === 0 ? [] : [{ role: 'tool', content: results } as const]),
    ...(words.length === 0 && results.length > 0 ? [] : [{ role: 'user', content: words } as const]),
  ];
};

const requireContent = (message: FieldNode): void => {
  const { content } = message.value;
  if (typeof content === 'string' || Array.isArray(content)) return;
  throw fieldError(pathOf(message, 'content'), {
    expected: 'a string or an array of content blocks',
    given: describeGiven(content),
    fix: 'Send the content, or leave the whole message out.',
  });
};

const parseMessage = (message: FieldNode, { maxBlocks }: MessagesLimits): readonly Message[] => {
  const role = requiredString(message, 'role');
  requireContent(message);
  switch (role) {
    case 'user':
      return parseUser(message, maxBlocks);
    case 'assistant':
    case 'system':
      return [{ role, content: parseContent(message, maxBlocks) }];
    default:
      throw fieldError(pathOf(message, 'role'), {
        expected: 'user or assistant',
        given: describeGiven(role),
        fix: 'Use one of these roles; instructions go into the top-level `system`.',
      });
  }
};

/** The system prompt first, then the turns in the order sent. */
export const parseMessages = (body: FieldNode, limits: MessagesLimits): readonly Message[] => {
  const list = requiredList(body, 'messages', limits.maxMessages);
  if (list.values.length === 0) {
    throw fieldError('messages', {
      expected: 'at least one message',
      given: 'an empty array',
      fix: 'Add a message with role user.',
    });
  }
  return [...parseSystem(body, limits), ...toNodes(list).flatMap((message) => parseMessage(message, limits))];
};
