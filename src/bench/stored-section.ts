/** A section as result files keep it, so that one can be measured again and the others stay. */
import type { ReportSection } from './section.ts';

/** What is kept of a section that ran. */
export interface StoredSection extends Omit<ReportSection, 'figures'> {
  readonly figures: readonly string[];
  readonly settings: {
    /** Cross-validation seeds. */
    readonly seeds: number;
    readonly resamples: number;
    /** Hash of the artifact that shipped. */
    readonly artifact: string;
  };
}
