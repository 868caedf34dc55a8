/** Canonical request → `POST /v1/messages`. */
import type { JsonObject } from '../../canonical/json.ts';
import type { CanonicalRequest } from '../../canonical/request.ts';
import { InvalidRequestError } from '../../errors.ts';
import { createChangeLog } from '../change-log.ts';
import { formatHint, verbosityHint } from '../hint.ts';
import type { Target, WireRequest } from '../provider.ts';
import { spelling } from '../spelling.ts';
import { createRenaming, wrappedContext } from '../tool-name.ts';
import type { Block } from './block.ts';
import { textBlock } from './block.ts';
import { createCacheMarks } from './cache-marks.ts';
import { toConversation } from './conversation.ts';
import { toPassthrough } from './passthrough.ts';
import { toSamplingMembers } from './sampling.ts';
import { profileSchema } from './schema-profile.ts';
import { toThinkingMembers } from './thinking.ts';
import { MAX_TOOL_NAME_CHARACTERS, toToolMembers } from './tools.ts';
import type { Translation } from './translation.ts';

export const MESSAGES_PATH = '/v1/messages';
export const ANTHROPIC_VERSION = '2023-06-01';
const MAX_CALL_ID_CHARACTERS = 256;

/** `output_config.format` for a schema that the model can be held to; else undefined, and a hint takes its place. */
const toFormat = ({ request, target, log }: Translation): JsonObject | undefined => {
  const format = request.responseFormat;
  if (format === null || format.type === 'text') return undefined;
  const param = spelling.format(request.source.protocol);
  if (format.type === 'json-object' || !target.deployment.model.capabilities.structuredOutput) {
    log.add('param_emulated', {
      param,
      requested: format.type,
      applied: 'instruction',
      message: `${target.deployment.id} cannot be held to ${format.type}; an instruction asks for it.`,
    });
    return undefined;
  }
  const { schema, changes } = profileSchema(format.schema);
  if (changes.length > 0) {
    const message = `The schema was changed to what the provider enforces: ${changes.join('; ')}.`;
    log.add('param_clamped', { param, requested: format.name, message });
  }
  return { type: 'json_schema', schema };
};

const toHints = ({ request, target, log }: Translation, enforced: boolean): Block[] => {
  // The Messages API has no verbosity, whatever the model could do elsewhere.
  const verbosity = verbosityHint(target.verbosity);
  if (verbosity !== null) {
    log.add('param_emulated', {
      param: spelling.verbosity(request.source.protocol),
      requested: target.verbosity,
      applied: 'instruction',
      message: 'The Messages API has no verbosity; an instruction asks for it.',
    });
  }
  const format = enforced ? null : formatHint(request.responseFormat);
  return [verbosity, format].filter((text) => text !== null).map(textBlock);
};

const toSystem = (translation: Translation, own: Block[], hints: Block[]): readonly Block[] => {
  const { instructions } = translation.target;
  const leading = instructions === null || instructions.text.trim() === '' ? [] : [textBlock(instructions.text)];
  return [...leading, ...own, ...hints];
};

const SERVICE_TIERS: Readonly<Record<string, string>> = {
  auto: 'auto',
  priority: 'auto',
  default: 'standard_only',
  standard_only: 'standard_only',
};

const toAccounting = ({ request, log }: Translation): JsonObject => {
  const tier = request.serviceTier === null ? undefined : SERVICE_TIERS[request.serviceTier];
  if (request.serviceTier !== null && tier === undefined) {
    log.dropped('service_tier', request.serviceTier, 'The provider has no such service tier.');
  }
  if (request.metadata !== null) log.dropped('metadata', request.metadata, 'The provider stores no metadata.');
  return {
    ...(request.endUser === null ? {} : { metadata: { user_id: request.endUser } }),
    ...(tier === undefined ? {} : { service_tier: tier }),
  };
};

/** The client asked for prompt caching without saying where: the provider then marks the last block that it can. */
const toAutomaticCache = ({ request, marks, log }: Translation): JsonObject => {
  if (request.cache === null || !marks.isEmpty()) return {};
  log.add('param_emulated', {
    param: 'prompt_cache_key',
    requested: request.cache.key,
    applied: 'cache_control',
    message: 'The provider has no cache keys; its automatic cache breakpoint is used.',
  });
  return { cache_control: { type: 'ephemeral' } };
};

const dropTheRest = ({ request, log }: Translation): void => {
  for (const modality of request.outputModalities) {
    if (modality !== 'text') log.dropped('modalities', modality, 'The provider answers with text only.');
  }
  if (request.reasoning.mode === 'pro') log.dropped('reasoning.mode', 'pro', 'The provider has no pro mode.');
  for (const member of request.unknownMembers) {
    log.dropped(member, null, `${member} is known to ${request.source.protocol} only and was not sent.`);
  }
};

const refuseChoices = ({ sampling }: CanonicalRequest): void => {
  const { choices = 1 } = sampling;
  if (choices === 1) return;
  throw new InvalidRequestError(
    `n: expected 1 (the Messages API gives one answer), given ${choices}. Send ${choices} requests.`,
    {
      field: 'n',
      blocking: [
        { constraint: 'n', expected: '1', given: String(choices), fix: `Send ${choices} requests with n: 1.` },
      ],
    },
  );
};

const translate = (translation: Translation): JsonObject => {
  const { request, target } = translation;
  // Tools first: cache breakpoints count in the order tools, system, messages.
  const tools = toToolMembers(translation);
  const { system, turns } = toConversation(translation);
  const format = toFormat(translation);
  const blocks = toSystem(translation, system, toHints(translation, format !== undefined));
  const { reasons, effort, ...thinking } = toThinkingMembers(translation);
  const outputConfig = {
    ...(effort === undefined ? {} : { effort }),
    ...(format === undefined ? {} : { format }),
  };
  const automatic = toAutomaticCache(translation);
  translation.marks.apply(translation.log);
  dropTheRest(translation);
  return {
    model: target.deployment.upstreamModel,
    ...thinking,
    ...(blocks.length === 0 ? {} : { system: blocks }),
    messages: turns as readonly unknown[] as readonly JsonObject[],
    ...tools,
    ...(Object.keys(outputConfig).length === 0 ? {} : { output_config: outputConfig }),
    ...toSamplingMembers(translation, reasons),
    ...toAccounting(translation),
    ...automatic,
    ...(request.stream ? { stream: true } : {}),
  };
};

const toHeaders = (target: Target): Readonly<Record<string, string>> => ({
  ...target.forwardHeaders,
  'anthropic-version': target.forwardHeaders['anthropic-version'] ?? ANTHROPIC_VERSION,
});

/** Throws InvalidRequestError for several choices (`n`) and for a request without any message. */
export const toWire = (request: CanonicalRequest, target: Target): WireRequest => {
  const log = createChangeLog();
  const translation: Translation = {
    request,
    target,
    log,
    names: createRenaming(MAX_TOOL_NAME_CHARACTERS),
    ids: createRenaming(MAX_CALL_ID_CHARACTERS),
    marks: createCacheMarks(),
  };
  refuseChoices(request);
  const passes = request.source.protocol === 'anthropic-messages';
  const body = passes ? toPassthrough(translation) : JSON.stringify(translate(translation));
  return {
    path: MESSAGES_PATH,
    headers: toHeaders(target),
    body,
    warnings: log.warnings,
    context: wrappedContext(request, { deployment: target.deployment, names: translation.names, wrap: !passes }),
  };
};
