/** Sections of the routing report: each measures one question and says what came out, as rows and as text. */
import type { RouterArtifact } from '../policy/learned/artifact.ts';

export interface SectionContext {
  /** Folder with `train`, `bench`, `protocols`, `prompts-only` and `sets.json`. */
  readonly data: string;
  /** Cross-validation seeds; figures are means over them. */
  readonly seeds: readonly number[];
  readonly resamples: number;
  /** The artifact that ships, for sections that measure it. */
  readonly shipped: { readonly artifact: RouterArtifact; readonly hash: string };
  readonly report: (line: string) => void;
  readonly signal: AbortSignal;
}

export interface Figure {
  /** File name, `routing-mix-4.svg`. */
  readonly file: string;
  readonly svg: string;
}

export interface ReportSection {
  readonly id: string;
  readonly title: string;
  /** Everything below the title. */
  readonly markdown: string;
  readonly rows: readonly object[];
  readonly figures: readonly Figure[];
}

export interface SectionMaker {
  readonly id: string;
  /** One line for the command's help. */
  readonly summary: string;
  readonly make: (context: SectionContext) => Promise<ReportSection>;
}
