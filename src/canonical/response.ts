/** A whole answer in canonical form. */
import type { ContentPart } from './content.ts';
import type { Finish } from './finish.ts';
import type { Usage } from './usage.ts';

export interface Choice {
  readonly content: readonly ContentPart[];
  readonly finish: Finish;
}

export interface CanonicalResponse {
  readonly id: string;
  /** The id that the provider says it answered with. */
  readonly model: string;
  readonly createdAtSeconds: number | null;
  readonly choices: readonly Choice[];
  readonly usage: Usage;
}
