/** Phrases that several problems share: choices, suggestions, and what was given without showing a secret. */
import { suggest } from '../catalog/suggestion.ts';

const MAX_GIVEN_CHARACTERS = 60;
const MAX_CHOICES = 16;

/** The words `a`, `a or b`, `a, b or c`; beyond sixteen the rest is counted. */
export const renderChoices = (names: readonly string[]): string => {
  if (names.length > MAX_CHOICES)
    return `${names.slice(0, MAX_CHOICES).join(', ')} … (${names.length - MAX_CHOICES} more)`;
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`;
};

/** `did you mean a or b?`, or the given sentence where no known name is near. */
export const renderSuggestion = (given: string, known: Iterable<string>, otherwise: string): string => {
  const names = suggest(given, known, 3);
  return names.length === 0 ? otherwise : `did you mean ${renderChoices(names)}?`;
};

/**
 * Shapes of provider and client keys, so that a key pasted into the wrong place is neither accepted nor repeated.
 * Prefixes: OpenAI and look-alikes, Anthropic, Google, xAI, Groq, Hugging Face, GitHub, AWS, and our own.
 */
const KEY_SHAPE =
  /(?:sk|pk|rk)-[A-Za-z0-9_-]{12,}|AIza[A-Za-z0-9_-]{20,}|xai-[A-Za-z0-9]{12,}|(?:gsk|hf|ghp|gho|github_pat|gb|pplx|nvapi|r8|csk|fw)[_-][A-Za-z0-9_]{16,}|(?:AKIA|ASIA)[A-Z0-9]{16}|Bearer\s+\S{8,}/;

export const looksLikeKey = (text: string): boolean => KEY_SHAPE.test(text);

/** The value as JSON, shortened; whatever holds something like a key is not shown. */
export const renderGiven = (value: unknown): string => {
  if (value === undefined) return 'nothing';
  const json = JSON.stringify(value) ?? typeof value;
  if (looksLikeKey(json)) return 'something that looks like a key (not shown)';
  return json.length > MAX_GIVEN_CHARACTERS ? `${json.slice(0, MAX_GIVEN_CHARACTERS)}…` : json;
};
