/** Limits of a Responses request, beyond the size of its body. Far above real use; they bound work, not customers. */

export interface ResponsesLimits {
  /** Items of `input`. */
  readonly maxItems: number;
  /** Content parts of one item. */
  readonly maxParts: number;
  readonly maxTools: number;
  /** Objects and arrays that may be open at once in the body. */
  readonly maxDepth: number;
}

export const DEFAULT_RESPONSES_LIMITS: ResponsesLimits = {
  maxItems: 50_000,
  maxParts: 4096,
  maxTools: 2048,
  maxDepth: 128,
};
