/** Prompts of outcome data: what a router may see, kept apart from the labels that it must not. */
import type { JsonValue } from '../canonical/json.ts';

export interface PromptMessage {
  readonly role: 'system' | 'developer' | 'user' | 'assistant';
  readonly content: string;
}

/** One user message as plain text, or a conversation. */
export type PromptContent = string | readonly PromptMessage[];

/**
 * The whole of what a router sees. Feature extraction takes this type and nothing else, so that a label cannot reach
 * a prediction by accident.
 */
export interface RoutablePrompt {
  readonly prompt: PromptContent;
  /** Function documents that were offered with the prompt, as the data set wrote them; empty without tools. */
  readonly tools: readonly JsonValue[];
}

/** What is known about a prompt beside its text: for grouping, slicing and grading, never for features. */
export interface PromptLabels {
  readonly category: string | null;
  readonly difficulty: string | null;
  readonly answer: string | null;
  /** Publication date as the data set wrote it. */
  readonly date: string | null;
  /** `train`, `test` … as the data set itself split it; null where it did not. */
  readonly split: string | null;
}

/** Names one prompt: ids are unique within a data set of a source. */
export interface PromptKey {
  readonly source: string;
  readonly dataset: string;
  readonly promptId: string;
}

export interface OutcomePrompt extends PromptKey {
  readonly routable: RoutablePrompt;
  /** Near-duplicates share it: split, resample and cross-validate by group. A label like the others. */
  readonly group: string;
  readonly labels: PromptLabels;
}

/** What one model scored on one prompt. `null` means that the data set did not record it, which is not 0. */
export interface OutcomeMeasurement extends PromptKey {
  /** The model's name exactly as the data set wrote it. */
  readonly model: string;
  /** 0 (wrong) to 1 (right). */
  readonly score: number;
  readonly inputTokens: number | null;
  readonly outputTokens: number | null;
  /** Characters of the visible answer; hides reasoning tokens, so no cost may be taken from it for thinking models. */
  readonly outputChars: number | null;
  readonly costUsd: number | null;
  readonly latencySeconds: number | null;
}

/** `source/dataset`, the spelling of `sources` in set definitions. A data set's name may itself hold a slash. */
export const toSourcePath = (key: Pick<PromptKey, 'source' | 'dataset'>): string => `${key.source}/${key.dataset}`;

/** One string for use as a map key. */
export const toPromptKeyText = (key: PromptKey): string => `${key.source}\n${key.dataset}\n${key.promptId}`;
