/** A section as result files hold it: its pictures by name, and what it was measured with. */
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
