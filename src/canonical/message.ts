/** Messages: who said what. */
import type { ContentPart } from './content.ts';

export type MessageRole = 'system' | 'developer' | 'user' | 'assistant' | 'tool';

export interface Message {
  readonly role: MessageRole;
  readonly content: readonly ContentPart[];
  /** Participant's name, where a protocol has one. */
  readonly name?: string;
  /** Responses API: whether an assistant message was commentary or the final answer. */
  readonly phase?: 'commentary' | 'final_answer';
}
