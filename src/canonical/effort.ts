/** The ladder of reasoning efforts. */

/** Every effort, from no reasoning to the most a model can do. The order is the ladder. */
export const EFFORTS = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'] as const;

export type Effort = (typeof EFFORTS)[number];

export const isEffort = (value: unknown): value is Effort => EFFORTS.some((effort) => effort === value);

/** Position on the ladder, 0 (`none`) to 6 (`max`). */
export const effortRank = (effort: Effort): number => EFFORTS.indexOf(effort);

export const VERBOSITIES = ['low', 'medium', 'high'] as const;

export type Verbosity = (typeof VERBOSITIES)[number];

export const isVerbosity = (value: unknown): value is Verbosity => VERBOSITIES.some((level) => level === value);
