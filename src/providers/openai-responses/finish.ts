/** Why a response ended. */
import type { Finish } from '../../canonical/finish.ts';
import { asRecord, asText } from '../reading.ts';
import type { JsonRecord } from '../reading.ts';

/** `status` of a response, with the reason where it is incomplete. What was called or refused shows in its items. */
export const toFinish = (
  response: JsonRecord,
  seen: { readonly calls: boolean; readonly refusal: boolean },
): Finish => {
  const status = asText(response['status']) ?? null;
  if (status === 'incomplete') {
    const reason = asText(asRecord(response['incomplete_details'])?.['reason']) ?? null;
    if (reason === 'max_output_tokens') return { kind: 'length', raw: reason };
    return { kind: reason === 'content_filter' ? 'content_filter' : 'other', raw: reason };
  }
  if (seen.calls) return { kind: 'tool_calls', raw: status };
  if (seen.refusal) return { kind: 'refusal', raw: status };
  return { kind: status === null || status === 'completed' ? 'stop' : 'other', raw: status };
};
