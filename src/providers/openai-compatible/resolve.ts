/** Decisions that the edited and the newly built body share: effort, limits, sampling, hints. Each change is logged. */
import type { Effort } from '../../canonical/effort.ts';
import type { JsonValue } from '../../canonical/json.ts';
import type { CanonicalRequest } from '../../canonical/request.ts';
import { InvalidRequestError } from '../../errors.ts';
import type { ChangeLog } from '../change-log.ts';
import { fitEffort } from '../effort-fit.ts';
import { formatHint, verbosityHint } from '../hint.ts';
import { isStrictSchema } from '../openai-schema.ts';
import type { Target } from '../provider.ts';
import { spelling } from '../spelling.ts';

export interface ChatTranslation {
  readonly request: CanonicalRequest;
  readonly target: Target;
  readonly log: ChangeLog;
}

/** Members that a reasoning model may refuse, in the wire's spelling. */
export const STEERING_MEMBERS = [
  'temperature',
  'top_p',
  'presence_penalty',
  'frequency_penalty',
  'logit_bias',
  'logprobs',
  'top_logprobs',
  'top_k',
] as const;

const clampEffort = ({ request, target, log }: ChatTranslation, applied: Effort | null, message: string) => {
  log.add('param_clamped', {
    param: spelling.effort(request.source.protocol),
    requested: target.effort,
    applied,
    message,
  });
  return applied;
};

/** The effort to send, or null to send none: the target's where the model knows it, else the nearest. */
export const fitModelEffort = (translation: ChatTranslation): Effort | null => {
  const { effort, deployment } = translation.target;
  const { id, model } = deployment;
  if (model.reasoning.control === 'none') {
    return effort === null || effort === 'none' ? null : clampEffort(translation, null, `${id} does not reason.`);
  }
  if (effort === null) return null;
  const fitted = fitEffort(effort, model.reasoning.efforts) ?? null;
  if (fitted === effort) return fitted;
  const message = `${id} knows the efforts ${model.reasoning.efforts.join(', ') || 'none at all'}.`;
  return clampEffort(translation, fitted, message);
};

/**
 * The effort to send, or null to send none. Throws InvalidRequestError when the model takes tools over another API
 * only: that request cannot be said in this protocol.
 */
export const resolveEffort = (translation: ChatTranslation): Effort | null => {
  const { request, target } = translation;
  const { id, model } = target.deployment;
  const { chatTools } = model.capabilities;
  if (request.tools.length > 0 && chatTools === 'never') {
    throw new InvalidRequestError(
      `tools: ${id} takes tools over the Responses API only, not over Chat Completions. Choose another component or send no tools.`,
      { field: 'tools' },
    );
  }
  const silenced = request.tools.length > 0 && chatTools === 'without-reasoning' && target.effort !== 'none';
  return silenced && model.reasoning.control !== 'none'
    ? clampEffort(translation, 'none', `${id} takes tools over Chat Completions only without reasoning.`)
    : fitModelEffort(translation);
};

/** Whether the model will reason: what is sent, else its default; a default that nobody knows counts as yes. */
const willReason = (effort: Effort | null, { target }: ChatTranslation): boolean => {
  const { reasoning } = target.deployment.model;
  if (reasoning.control === 'none') return false;
  return (effort ?? reasoning.defaultEffort) !== 'none';
};

/** Names of sent members that must go because the model refuses them at this effort; each is logged with its value. */
export const refusedMembers = (
  sent: Readonly<Record<string, JsonValue | undefined>>,
  effort: Effort | null,
  translation: ChatTranslation,
): readonly string[] => {
  const { id, model } = translation.target.deployment;
  const reasons = willReason(effort, translation);
  const rule = model.capabilities.sampling;
  if (rule === 'always' || (rule === 'without-reasoning' && !reasons)) return [];
  // OpenAI's reasoning models refuse stop sequences too; other labs' do not.
  const members = model.lab === 'openai' && reasons ? [...STEERING_MEMBERS, 'stop'] : STEERING_MEMBERS;
  const refused = members.filter((member) => sent[member] !== undefined && sent[member] !== null);
  for (const member of refused) {
    const when = rule === 'never' ? '' : ' while it reasons';
    translation.log.dropped(member, sent[member] ?? null, `${id} accepts no ${member}${when}.`);
  }
  return refused;
};

/** The verbosity to send natively, or null. Logs a verbosity that cannot be sent. */
export const nativeVerbosity = ({ request, target, log }: ChatTranslation): string | null => {
  if (target.verbosity !== null && target.deployment.model.capabilities.verbosity) return target.verbosity;
  if (target.verbosity === null && request.verbosity !== null) {
    const message = 'No verbosity is applied for this target.';
    log.dropped(spelling.verbosity(request.source.protocol), request.verbosity, message);
  }
  return null;
};

/** Whether the response format must be asked for in words. */
export const emulatesFormat = ({ request, target }: ChatTranslation): boolean =>
  request.responseFormat?.type === 'json-schema' && !target.deployment.model.capabilities.structuredOutput;

/**
 * `strict` as it can be sent with the schema of the response format. Other protocols hold a model to schemas that OpenAI
 * refuses to; there the schema guides and does not bind.
 */
export const fitStrict = ({ request, target, log }: ChatTranslation): boolean | null => {
  const format = request.responseFormat;
  if (format?.type !== 'json-schema') return null;
  if (format.strict !== true || isStrictSchema(format.schema)) return format.strict;
  log.add('param_clamped', {
    param: spelling.format(request.source.protocol),
    requested: 'strict',
    applied: false,
    message: `${target.deployment.id} is strict only with schemas that require every property and allow no others.`,
  });
  return false;
};

/** Text that goes before everything else: the component's instructions, then hints for what has no parameter. */
export const toPrefix = (translation: ChatTranslation): string => {
  const { request, target, log } = translation;
  const hint = target.deployment.model.capabilities.verbosity ? null : verbosityHint(target.verbosity);
  if (hint !== null) {
    log.add('param_emulated', {
      param: spelling.verbosity(request.source.protocol),
      requested: target.verbosity,
      applied: 'instruction',
      message: `${target.deployment.id} has no verbosity; an instruction asks for it.`,
    });
  }
  const format = emulatesFormat(translation) ? formatHint(request.responseFormat) : null;
  if (format !== null) {
    log.add('param_emulated', {
      param: spelling.format(request.source.protocol),
      requested: 'json_schema',
      applied: 'instruction',
      message: `${target.deployment.id} cannot be held to a schema; an instruction asks for it.`,
    });
  }
  return [target.instructions?.text ?? '', hint ?? '', format ?? ''].filter((text) => text.trim() !== '').join('\n\n');
};
