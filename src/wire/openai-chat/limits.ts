/** Limits of a chat request, beyond the size of its body. Far above real use; they bound work, not customers. */

export interface ChatLimits {
  readonly maxMessages: number;
  /** Content parts of one message. */
  readonly maxParts: number;
  readonly maxTools: number;
  /** Tool calls of one assistant message. */
  readonly maxToolCalls: number;
  readonly maxStopSequences: number;
  /** Choices (`n`) of one request. */
  readonly maxChoices: number;
  /** Objects and arrays that may be open at once in the body. */
  readonly maxDepth: number;
}

export const DEFAULT_CHAT_LIMITS: ChatLimits = {
  maxMessages: 20_000,
  maxParts: 4096,
  maxTools: 2048,
  maxToolCalls: 512,
  maxStopSequences: 64,
  maxChoices: 128,
  maxDepth: 128,
};
