/** Candidates: the (component, effort) pairs considered for one request, and why some are excluded. */
import type { Effort } from '../canonical/effort.ts';
import type { Component } from '../catalog/component.ts';

export const EXCLUSION_CODES = [
  'context_length',
  'output_length',
  'modality',
  'tools',
  'tool_choice',
  'structured_output',
  'choices',
  'protocol',
  'not_allowed',
  'mode',
  'max_effort',
  'max_cost',
  'max_latency',
  'not_in_pool',
  'strict_params',
] as const;

export type ExclusionCode = (typeof EXCLUSION_CODES)[number];

export interface Exclusion {
  readonly code: ExclusionCode;
  /** The request's field or control that excludes, in the client's spelling. */
  readonly constraint: string;
  readonly expected: string;
  readonly given: string;
  readonly fix: string;
}

export interface Candidate {
  readonly component: Component;
  /** Null: nothing is sent (`effort: provider`, or a model without reasoning control). */
  readonly effort: Effort | null;
  /** Null: feasible. */
  readonly excluded: Exclusion | null;
}

/** A number with its uncertainty: 90 % interval. */
export interface Estimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

export interface Prediction {
  readonly pSuccess: Estimate;
  /** `measured`: predicted from scored answers to prompts like this one; `prior`: from the tables. About P(success) only. */
  readonly source: 'measured' | 'prior';
  /** Null: the price is unknown. Micro-dollars. */
  readonly costMicroUsd: { readonly p50: number; readonly p90: number } | null;
  readonly firstTokenMs: number;
  readonly totalMs: number;
}
