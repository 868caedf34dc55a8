/** Why a model stopped: the normalised reason and the provider's own word. */

export type FinishKind = 'stop' | 'length' | 'tool_calls' | 'content_filter' | 'refusal' | 'pause' | 'error' | 'other';

export interface Finish {
  readonly kind: FinishKind;
  /** The provider's word; null when it gave none. */
  readonly raw: string | null;
}
