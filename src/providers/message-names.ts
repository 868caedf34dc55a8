/** Names of participants: a member of messages that Chat Completions has and hardly anybody reads. */
import type { Message } from '../canonical/message.ts';
import type { ChangeLog } from './change-log.ts';

/** Says that the names are not sent, if there are any. */
export const noteLostNames = (messages: readonly Message[], log: ChangeLog): void => {
  if (messages.some(({ name }) => name !== undefined))
    log.dropped('messages', 'name', 'The provider knows no names of participants.');
};
