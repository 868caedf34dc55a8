/** Limits of a Messages request, beyond the size of its body. Far above real use; they bound work, not customers. */

export interface MessagesLimits {
  readonly maxMessages: number;
  /** Content blocks of one message, of the system prompt, of one tool result. */
  readonly maxBlocks: number;
  readonly maxTools: number;
  readonly maxStopSequences: number;
  /** Objects and arrays that may be open at once in the body. */
  readonly maxDepth: number;
}

/** `maxMessages` is the provider's own (2026). */
export const DEFAULT_MESSAGES_LIMITS: MessagesLimits = {
  maxMessages: 100_000,
  maxBlocks: 4096,
  maxTools: 2048,
  maxStopSequences: 8191,
  maxDepth: 128,
};
