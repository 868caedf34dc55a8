/** A chat body built from canonical parts, for clients of other protocols. */
import type { JsonObject } from '../../canonical/json.ts';
import { present } from '../openai-members.ts';
import type { WireFeature } from '../../catalog/provider-profile.ts';
import { dialectOf, toReasoningMembers } from './dialect.ts';
import { toMessages } from './messages.ts';
import type { ChatNames } from './messages.ts';
import { emulatesFormat, fitStrict, nativeVerbosity, refusedMembers, resolveEffort, toPrefix } from './resolve.ts';
import type { ChatTranslation } from './resolve.ts';
import { toToolMembers } from './tools.ts';

type Context = ChatTranslation & ChatNames;

const toSampling = ({ request, target, log }: Context): JsonObject => {
  const { sampling } = request;
  const { knows, seed } = dialectOf(target.deployment);
  const hasTopK = knows.has('top_k');
  if (!hasTopK && sampling.topK !== undefined) log.dropped('top_k', sampling.topK, 'The provider has no top_k.');
  return present({
    temperature: sampling.temperature,
    top_p: sampling.topP,
    top_k: hasTopK ? sampling.topK : undefined,
    [seed]: sampling.seed,
    stop: sampling.stop,
    frequency_penalty: sampling.frequencyPenalty,
    presence_penalty: sampling.presencePenalty,
    logit_bias: sampling.logitBias,
    logprobs: sampling.logprobs,
    top_logprobs: sampling.topLogprobs,
    n: sampling.choices === 1 ? undefined : sampling.choices,
  });
};

const toFormat = (context: Context): JsonObject => {
  const format = context.request.responseFormat;
  if (format === null || format.type === 'text' || emulatesFormat(context)) return {};
  if (format.type === 'json-object') return { response_format: { type: 'json_object' } };
  const { name, description, schema } = format;
  const strict = fitStrict(context);
  return {
    response_format: {
      type: 'json_schema',
      json_schema: { name, ...present({ description }), schema, ...present({ strict }) },
    },
  };
};

/** Members that some services know; elsewhere they are logged as dropped. */
const toOpenaiMembers = ({ request, target, log }: Context): JsonObject => {
  const { cache, serviceTier, outputModalities, endUser } = request;
  const modalities = outputModalities.some((modality) => modality !== 'text') ? outputModalities : undefined;
  const { knows } = dialectOf(target.deployment);
  const groups: readonly (readonly [WireFeature, JsonObject])[] = [
    ['service_tier', present({ service_tier: serviceTier })],
    [
      'cache',
      present({
        prompt_cache_key: cache?.key,
        prompt_cache_retention: cache?.retention,
        prompt_cache_options: cache?.options,
      }),
    ],
    ['modalities', present({ modalities })],
  ];
  const unknown = groups.filter(([feature]) => !knows.has(feature));
  for (const [member, value] of unknown.flatMap(([, members]) => Object.entries(members))) {
    log.dropped(member, value ?? null, `The server may refuse ${member}; it was not sent.`);
  }
  const known = groups.filter(([feature]) => knows.has(feature)).map(([, members]) => members);
  const user = knows.has('safety_identifier') ? { safety_identifier: endUser } : { user: endUser };
  return Object.assign({}, ...known, present(user)) as JsonObject;
};

const dropTheRest = ({ request, log }: Context): void => {
  if (request.metadata !== null) log.dropped('metadata', request.metadata, 'The provider stores no metadata.');
  if (request.reasoning.mode === 'pro') log.dropped('reasoning.mode', 'pro', 'Chat Completions has no pro mode.');
  if (request.reasoning.summary !== null && request.reasoning.summary !== 'none') {
    const message = 'Chat Completions has no reasoning summaries; what the server shows by itself is passed on.';
    log.dropped('reasoning.summary', request.reasoning.summary, message);
  }
  for (const member of request.unknownMembers) {
    log.dropped(member, null, `${member} is known to ${request.source.protocol} only and was not sent.`);
  }
};

/** The profile says what this server answers with an error, whatever the model takes. */
const withoutRefused = (body: JsonObject, { target, log }: Context): JsonObject => {
  const { refuses } = dialectOf(target.deployment);
  if (refuses.length === 0) return body;
  const kept = Object.entries(body).filter(([member, value]) => {
    if (!refuses.includes(member) || value === undefined) return true;
    log.dropped(member, value, `The server refuses ${member}; it was not sent.`);
    return false;
  });
  return Object.fromEntries(kept);
};

/** Body text. Throws InvalidRequestError when the model takes the request's tools over another API only. */
export const toBody = (context: Context): string => {
  const { request, target } = context;
  const dialect = dialectOf(target.deployment);
  const effort = resolveEffort(context);
  const sampling = toSampling(context);
  const refused = refusedMembers(sampling, effort, context);
  const accepted = Object.fromEntries(Object.entries(sampling).filter(([member]) => !refused.includes(member)));
  const control = target.deployment.model.reasoning.control;
  const reasons = control !== 'none' && effort !== 'none';
  const streaming = dialect.streamOptions
    ? { stream: true, stream_options: { include_usage: true } }
    : { stream: true };
  dropTheRest(context);
  const body = {
    model: target.deployment.upstreamModel,
    messages: toMessages({ ...context, reasons }, toPrefix(context)),
    ...toToolMembers(context),
    ...accepted,
    ...(effort === null ? {} : toReasoningMembers(effort, target.deployment)),
    ...present({
      [dialect.maxTokens]: target.maxOutputTokens ?? request.maxOutputTokens,
      verbosity: nativeVerbosity(context),
    }),
    ...toFormat(context),
    ...toOpenaiMembers(context),
    ...(request.stream ? streaming : {}),
  };
  return JSON.stringify(withoutRefused(body, context));
};
