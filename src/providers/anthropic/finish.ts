/** Why a Claude model stopped. */
import type { Finish, FinishKind } from '../../canonical/finish.ts';

const KINDS: Readonly<Record<string, FinishKind>> = {
  end_turn: 'stop',
  stop_sequence: 'stop',
  max_tokens: 'length',
  model_context_window_exceeded: 'length',
  tool_use: 'tool_calls',
  pause_turn: 'pause',
  refusal: 'refusal',
};

export const toFinish = (reason: string | null): Finish => ({
  kind: reason === null ? 'other' : (KINDS[reason] ?? 'other'),
  raw: reason,
});
