/**
 * Conversation checks: what providers refuse about the order of messages. A router that switches models in the middle
 * of a tool loop, or passes one provider's signed reasoning to another, is caught here and not by a customer.
 */
import { InvalidRequestError } from '../errors.ts';

/** Opens every signature that the lab makes; the rest names the reply. */
const SIGNATURE_TEXT = 'lab-signature-';
/** Base 64 of the text's first 12 bytes: whole groups of three, so that what follows cannot change them. */
const SIGNATURE_START = Buffer.from(SIGNATURE_TEXT.slice(0, 12)).toString('base64');

/** Stands where a real provider signs its reasoning; a client must send it back byte for byte. */
export const createSignature = (key: string): string => Buffer.from(SIGNATURE_TEXT + key).toString('base64');

/** One message, as far as order matters. */
export interface Turn {
  readonly role: string;
  /** Ids of the tool calls that it makes, and of those that it answers. */
  readonly calls: readonly string[];
  readonly answers: readonly string[];
  /** Signatures of reasoning that it gives back. */
  readonly signatures: readonly string[];
}

const refuse = (index: number, message: string): never => {
  throw new InvalidRequestError(`messages.${index}: ${message}`, { field: `messages.${index}` });
};

/** Every tool call is answered before anything else is said, and nothing is answered that was not called. */
const checkTools = (turns: readonly Turn[]): void => {
  let open = new Set<string>();
  turns.forEach((turn, index) => {
    for (const id of turn.answers) {
      if (!open.delete(id)) {
        refuse(index, `the tool result for ${id} answers no tool call of the message before it.`);
      }
    }
    if (open.size > 0 && turn.role !== 'tool') {
      refuse(index, `tool calls without a result right behind them: ${[...open].join(', ')}.`);
    }
    open = new Set([...open, ...turn.calls]);
  });
  if (open.size > 0) {
    refuse(turns.length - 1, `tool calls without a result behind them: ${[...open].join(', ')}.`);
  }
};

/** Throws `InvalidRequestError` naming the message. */
export const checkConversation = (turns: readonly Turn[]): void => {
  checkTools(turns);
  turns.forEach(({ signatures }, index) => {
    if (signatures.some((signature) => !signature.startsWith(SIGNATURE_START))) {
      refuse(index, 'invalid signature in thinking block: it was not made by the lab.');
    }
  });
};
