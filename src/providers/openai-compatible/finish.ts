/** Why a chat model stopped. */
import type { Finish, FinishKind } from '../../canonical/finish.ts';

const KINDS: Readonly<Record<string, FinishKind>> = {
  stop: 'stop',
  eos: 'stop',
  end_turn: 'stop',
  stop_sequence: 'stop',
  length: 'length',
  max_tokens: 'length',
  model_length: 'length',
  tool_calls: 'tool_calls',
  tool_use: 'tool_calls',
  function_call: 'tool_calls',
  content_filter: 'content_filter',
  safety: 'content_filter',
  refusal: 'refusal',
  error: 'error',
  insufficient_system_resource: 'error',
};

/**
 * The normalised reason. A `stop` (or no word at all) behind tool calls means that the client must run them (Gemini's
 * compatible endpoint says so); any other word is kept, so that a cut or a filter is never hidden behind a call.
 */
export const toFinish = (raw: string | null, hasToolCalls: boolean): Finish => {
  const kind = raw === null ? 'other' : (KINDS[raw.toLowerCase()] ?? 'other');
  const isCall = hasToolCalls && (kind === 'stop' || raw === null);
  return { kind: isCall ? 'tool_calls' : kind, raw };
};
