/** The four named signals, as people see them, and the features behind them. Plain data, no text of the request. */
import type { WordGrams } from './word-grams.ts';

export const CONVERSATION_TYPES = [
  'chat',
  'writing',
  'translation',
  'summary',
  'extraction',
  'lookup',
  'mathematics',
  'code',
  'logic',
  'planning',
  'agentic_tools',
  'vision',
  'other',
] as const;

export type ConversationType = (typeof CONVERSATION_TYPES)[number];

/** Proof of a signal without text: which rule matched, and where in the normalised text. */
export interface Evidence {
  readonly rule: string;
  /** Offset and length in UTF-16 units of the normalised user text; null when the rule looked at structure only. */
  readonly offset: number | null;
  readonly length: number | null;
}

export interface Signal<Value> {
  readonly value: Value;
  /** How much the signal counts in the rules, 0 (none) to 1 (alone decides). */
  readonly weight: number;
  readonly evidence: readonly Evidence[];
}

export type ToolNeeds = 'none' | 'single' | 'multi_step';

/** `think`: the user asks for depth. `quick`: the user asks for speed. */
export type ExplicitIntent = 'none' | 'think' | 'quick';

export interface Signals {
  readonly conversationType: Signal<ConversationType>;
  /** 0 (trivial) to 1 (hard). */
  readonly complexity: Signal<number>;
  readonly toolNeeds: Signal<ToolNeeds>;
  readonly explicitIntent: Signal<ExplicitIntent>;
}

/** Numbers behind the signals, finite and at least 0, in the order of `STRUCTURAL_NAMES` (`structural.ts`). */
export type StructuralFeatures = readonly number[];

export interface Features {
  /** Changes whenever a number can change for the same request. */
  readonly version: string;
  readonly signals: Signals;
  readonly structural: StructuralFeatures;
  /** Hashed words of the person's prose, or of the code where there is nothing else. */
  readonly grams: WordGrams;
  /** Estimated input tokens of the whole request, without a tokeniser. */
  readonly inputTokensEstimate: number;
}
