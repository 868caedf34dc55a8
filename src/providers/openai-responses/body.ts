/** A Responses body built from canonical parts, for clients of other protocols. */
import type { Effort } from '../../canonical/effort.ts';
import type { JsonObject } from '../../canonical/json.ts';
import { present } from '../openai-members.ts';
import {
  emulatesFormat,
  fitStrict,
  fitModelEffort,
  nativeVerbosity,
  refusedMembers,
  toPrefix,
} from '../openai-compatible/resolve.ts';
import { toInput } from './input.ts';
import { toToolMembers } from './tools.ts';
import type { ResponsesTranslation } from './translation.ts';

/** Sampling members that other protocols have and this one has not. */
const MISSING = [
  ['topK', 'top_k'],
  ['seed', 'seed'],
  ['stop', 'stop'],
  ['frequencyPenalty', 'frequency_penalty'],
  ['presencePenalty', 'presence_penalty'],
  ['logitBias', 'logit_bias'],
] as const;

const toSampling = (effort: Effort | null, translation: ResponsesTranslation): JsonObject => {
  const { sampling } = translation.request;
  for (const [member, name] of MISSING) {
    const value = sampling[member];
    if (value !== undefined) translation.log.dropped(name, value, `Responses has no ${name}.`);
  }
  const members = present({
    temperature: sampling.temperature,
    top_p: sampling.topP,
    top_logprobs: sampling.logprobs === true ? (sampling.topLogprobs ?? 0) : undefined,
  });
  const refused = refusedMembers(members, effort, translation);
  return Object.fromEntries(Object.entries(members).filter(([member]) => !refused.includes(member)));
};

const toText = (translation: ResponsesTranslation): JsonObject => {
  const { responseFormat: format } = translation.request;
  const text = present({ verbosity: nativeVerbosity(translation) });
  if (format === null || format.type === 'text' || emulatesFormat(translation)) return text;
  if (format.type === 'json-object') return { ...text, format: { type: 'json_object' } };
  const { name, description, schema } = format;
  const strict = fitStrict(translation);
  return {
    ...text,
    format: { type: 'json_schema', name, ...present({ description }), schema, ...present({ strict }) },
  };
};

const toReasoning = (effort: Effort | null, { request }: ResponsesTranslation): JsonObject => {
  const { summary, mode } = request.reasoning;
  return present({ effort, summary: summary === 'none' ? null : summary, mode: mode === 'pro' ? mode : null });
};

const dropTheRest = ({ request, log }: ResponsesTranslation): void => {
  for (const modality of request.outputModalities)
    if (modality !== 'text') log.dropped('modalities', modality, 'Responses answers with text only.');
  for (const member of request.unknownMembers)
    log.dropped(member, null, `${member} is known to ${request.source.protocol} only and was not sent.`);
};

const whole = (members: JsonObject, key: string): JsonObject =>
  Object.keys(members).length === 0 ? {} : { [key]: members };

/** Nothing is stored at the provider: what a client kept is in its request, and what it did not keep is not ours to keep there. */
export const toBody = (translation: ResponsesTranslation): string => {
  const { request, target } = translation;
  const { deployment } = target;
  const effort = fitModelEffort(translation);
  const prefix = toPrefix(translation);
  const reasons = deployment.model.reasoning.control !== 'none';
  dropTheRest(translation);
  return JSON.stringify({
    model: deployment.upstreamModel,
    ...(prefix === '' ? {} : { instructions: prefix }),
    input: toInput(translation),
    ...toToolMembers(translation),
    ...whole(toReasoning(effort, translation), 'reasoning'),
    ...whole(toText(translation), 'text'),
    ...toSampling(effort, translation),
    ...present({
      max_output_tokens: target.maxOutputTokens ?? request.maxOutputTokens,
      service_tier: request.serviceTier,
      prompt_cache_key: request.cache?.key,
      prompt_cache_retention: request.cache?.retention,
      prompt_cache_options: request.cache?.options,
      metadata: request.metadata,
      safety_identifier: request.endUser,
    }),
    store: false,
    ...(reasons ? { include: ['reasoning.encrypted_content'] } : {}),
    ...(request.stream ? { stream: true } : {}),
  });
};
