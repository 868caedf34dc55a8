/** Sampling parameters of the Messages API, and what it does not know. */
import type { JsonValue } from '../../canonical/json.ts';
import type { Sampling } from '../../canonical/request.ts';
import type { Translation } from './translation.ts';

export interface SamplingMembers {
  readonly temperature?: number;
  readonly top_p?: number;
  readonly top_k?: number;
  readonly stop_sequences?: readonly string[];
}

/** Highest temperature (OpenAI's goes to 2). */
const MAX_TEMPERATURE = 1;

const UNKNOWN: readonly (readonly [keyof Sampling, string])[] = [
  ['seed', 'seed'],
  ['frequencyPenalty', 'frequency_penalty'],
  ['presencePenalty', 'presence_penalty'],
  ['logitBias', 'logit_bias'],
  ['logprobs', 'logprobs'],
  ['topLogprobs', 'top_logprobs'],
];

const STEERING: readonly (readonly ['temperature' | 'topP' | 'topK', string])[] = [
  ['temperature', 'temperature'],
  ['topP', 'top_p'],
  ['topK', 'top_k'],
];

const dropUnknown = ({ request, log }: Translation): void => {
  for (const [member, param] of UNKNOWN) {
    const value = request.sampling[member] as JsonValue | undefined;
    if (value !== undefined && value !== false) log.dropped(param, value, `The Messages API has no ${param}.`);
  }
};

const toStop = ({ request, log }: Translation): Pick<SamplingMembers, 'stop_sequences'> => {
  const { stop = [] } = request.sampling;
  // A sequence of white space only is refused with 400.
  const accepted = stop.filter((sequence) => sequence.trim() !== '');
  if (accepted.length < stop.length) {
    log.dropped('stop', stop, 'The provider takes no stop sequence that is only white space.');
  }
  return accepted.length === 0 ? {} : { stop_sequences: accepted };
};

const toSteering = ({ request, log }: Translation): SamplingMembers => {
  const { temperature, topP, topK } = request.sampling;
  const members: { temperature?: number; top_p?: number; top_k?: number } = {};
  if (temperature !== undefined) {
    members.temperature = Math.min(temperature, MAX_TEMPERATURE);
    if (temperature > MAX_TEMPERATURE) {
      const message = `The provider's temperature ends at ${MAX_TEMPERATURE}.`;
      log.add('param_clamped', { param: 'temperature', requested: temperature, applied: MAX_TEMPERATURE, message });
    }
  }
  if (topP !== undefined && temperature !== undefined) {
    log.dropped('top_p', topP, 'The provider takes temperature or top_p, not both; temperature was kept.');
  } else if (topP !== undefined) {
    members.top_p = topP;
  }
  if (topK !== undefined) members.top_k = topK;
  return members;
};

/** Whether the model takes temperature and the like when it reasons (`reasons`) or not. */
export const acceptsSteering = ({ target }: Translation, reasons: boolean): boolean => {
  const rule = target.deployment.model.capabilities.sampling;
  return rule === 'always' || (rule === 'without-reasoning' && !reasons);
};

/** Logs the steering parameters that the client sent and that cannot be sent on. */
export const dropSteering = ({ request, target, log }: Translation): void => {
  const when = target.deployment.model.capabilities.sampling === 'never' ? '' : ' while it reasons';
  for (const [member, param] of STEERING) {
    const value = request.sampling[member];
    if (value !== undefined) log.dropped(param, value, `${target.deployment.id} accepts no ${param}${when}.`);
  }
};

/** What may be sent when the model reasons (`reasons`) or not. */
export const toSamplingMembers = (translation: Translation, reasons: boolean): SamplingMembers => {
  dropUnknown(translation);
  if (acceptsSteering(translation, reasons)) return { ...toSteering(translation), ...toStop(translation) };
  dropSteering(translation);
  return toStop(translation);
};
