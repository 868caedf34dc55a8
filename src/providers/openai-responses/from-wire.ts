/** Whole response → canonical response. */
import type { CanonicalResponse } from '../../canonical/response.ts';
import { errorOfAnswer, findError } from '../fault.ts';
import { toUsage } from '../openai-compatible/usage.ts';
import type { AnswerContext } from '../provider.ts';
import { asCount, asList, asRecord, asText, garbage, readJson } from '../reading.ts';
import { toFinish } from './finish.ts';
import { toOutputParts } from './output.ts';

const read = (value: unknown, context: AnswerContext | undefined): CanonicalResponse => {
  const body = asRecord(value);
  // A response that failed has its error beside everything else; one that did not has null there.
  const error = findError(value);
  if (error !== undefined) throw errorOfAnswer(error);
  if (body === undefined || !Array.isArray(body['output'])) throw garbage('the body is not a response');
  const content = asList(body['output']).flatMap((item) => toOutputParts(item, context));
  const calls = content.some(({ type }) => type === 'tool-call');
  const refusal = content.some(({ type }) => type === 'refusal');
  return {
    id: asText(body['id']) ?? '',
    model: asText(body['model']) ?? context?.model ?? '',
    createdAtSeconds: asCount(body['created_at']),
    choices: [{ content, finish: toFinish(body, { calls, refusal }) }],
    usage: toUsage(body['usage'], body['service_tier']),
  };
};

/** Throws ProviderError: `upstream_garbage` for anything that is no response, the provider's own for a failed one. */
export const fromWire = (text: string, context?: AnswerContext): CanonicalResponse =>
  readJson(text, (value) => read(value, context));
