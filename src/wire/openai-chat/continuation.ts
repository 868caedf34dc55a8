/** Going on with a chat stream: its chunks bear one id, and only the first has a role. */
import type { JsonObject, JsonValue } from '../../canonical/json.ts';
import type { Continuation } from '../codec.ts';
import { createContinuation, type StreamLedger } from '../continuation.ts';

const isObject = (value: JsonValue | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const deltasOf = ({ choices }: JsonObject): readonly JsonObject[] =>
  Array.isArray(choices)
    ? choices.flatMap((choice: JsonValue) => (isObject(choice) && isObject(choice['delta']) ? [choice['delta']] : []))
    : [];

/** What a person or a program would take for the answer. Reasoning and roles are not. */
const VISIBLE = ['content', 'refusal', 'tool_calls', 'function_call', 'audio', 'images'] as const;

const saysSomething = (delta: JsonObject): boolean =>
  VISIBLE.some((member) => {
    const value = delta[member];
    return value !== undefined && value !== null && value !== '' && !(Array.isArray(value) && value.length === 0);
  });

const isOpening = (value: JsonObject): boolean => {
  const deltas = deltasOf(value);
  return deltas.length > 0 && deltas.every((delta) => delta['role'] !== undefined && !saysSomething(delta));
};

const hasFinish = ({ choices }: JsonObject): boolean =>
  Array.isArray(choices) && choices.some((choice: JsonValue) => isObject(choice) && isString(choice['finish_reason']));

const isString = (value: JsonValue | undefined): boolean => typeof value === 'string';

const createLedger = (): StreamLedger => {
  let first: JsonObject | null = null;
  let visible = false;
  return {
    note: (value) => {
      first ??= value;
      visible ||= deltasOf(value).some(saysSomething) || hasFinish(value);
    },
    isVisible: () => visible,
    close: () => [],
    goOn: (value) => {
      // The client has its role; an opening that also ends something is none.
      if (first !== null && isOpening(value) && !hasFinish(value)) return null;
      if (first === null || value['id'] === undefined) return value;
      // One stream has one id and one model; who really answered is told in the last event's `gearbox`.
      return { ...value, id: first['id'] ?? value['id'], model: first['model'] ?? value['model'] ?? '' };
    },
  };
};

export const createChatContinuation = (): Continuation => createContinuation(createLedger(), false);
