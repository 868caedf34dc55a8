/** Money: integer micro-dollars inside, decimal dollars with six places outside. */

export const MICRO_PER_USD = 1_000_000;

/** Decimal dollars for JSON and YAML. Exact for |amount| < 2^53 micro-dollars (9 billion dollars). */
export const toUsd = (microUsd: number): number => microUsd / MICRO_PER_USD;

/** Integer micro-dollars from decimal dollars, rounded half up at the sixth place. */
export const fromUsd = (usd: number): number => Math.floor(usd * MICRO_PER_USD + 0.5);

/** `$0.006421`, `$12.50`: six places below a dollar, two above, for people. */
export const renderUsd = (microUsd: number): string =>
  Math.abs(microUsd) >= MICRO_PER_USD ? `$${toUsd(microUsd).toFixed(2)}` : `$${toUsd(microUsd).toFixed(6)}`;
