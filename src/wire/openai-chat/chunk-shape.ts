/** What one chunk of a chat stream carries, read without trusting it: providers vary in every member. */

export interface ChunkShape {
  /** Number of choices; 0 also when the member is missing. */
  readonly choices: number;
  /** Indexes of the choices that this chunk finishes. */
  readonly finished: readonly number[];
  /** A delta says something: text, reasoning, a tool call, audio. A role alone, null and '' say nothing. */
  readonly hasContent: boolean;
  /** Usage and nothing else, with `choices: []`, without `choices`, or with empty deltas. */
  readonly isUsageOnly: boolean;
  /** `choices` is there and empty. */
  readonly hasEmptyChoices: boolean;
}

type Unknown = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isSaying = ([key, value]: readonly [string, unknown]): boolean =>
  key !== 'role' && key !== 'index' && value !== null && value !== '' && !(Array.isArray(value) && value.length === 0);

const tryParse = (data: string): unknown => {
  try {
    return JSON.parse(data);
  } catch {
    return null;
  }
};

/** Null when the data is no JSON object. */
export const readChunkShape = (data: string): ChunkShape | null => {
  const chunk = tryParse(data);
  if (!isObject(chunk)) return null;
  const listed: unknown = chunk['choices'];
  const choices = Array.isArray(listed) ? listed.filter(isObject) : [];
  const finished = choices
    .map((choice, position) => ({ reason: choice['finish_reason'], index: choice['index'] ?? position }))
    .filter(({ reason }) => typeof reason === 'string' && reason !== '')
    .map(({ index }) => Number(index));
  const hasContent = choices.some(
    ({ delta, logprobs }) => (isObject(delta) && Object.entries(delta).some(isSaying)) || isObject(logprobs),
  );
  // A role chunk may carry usage (vLLM with continuous usage statistics); it still opens the answer.
  const hasRole = choices.some(({ delta }) => isObject(delta) && typeof delta['role'] === 'string');
  const isUsageOnly = isObject(chunk['usage']) && finished.length === 0 && !hasContent && !hasRole;
  const hasEmptyChoices = Array.isArray(listed) && listed.length === 0;
  return { choices: choices.length, finished, hasContent, isUsageOnly, hasEmptyChoices };
};
