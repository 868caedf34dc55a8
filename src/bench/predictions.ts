/** Predictions: what a router believes of every component on every prompt, before any price is put on it. */

/** [components][prompts] P(success) or expected score, 0..1. NaN: the router abstains there. */
export type Predictions = readonly Float64Array[];

/** [components][prompts] cost that the router expects of a call, in the set's units. */
export type ExpectedCosts = readonly Float64Array[];

/** Every component's own mean as its expected cost on each of `size` prompts. */
export const toConstantCosts = (meanCosts: readonly number[], size: number): ExpectedCosts =>
  meanCosts.map((cost) => new Float64Array(size).fill(cost));

/** The predictions, and those of `fallback` on every prompt where any component's is NaN: what abstaining means. */
export const withFallback = (predictions: Predictions, fallback: Predictions): Predictions => {
  const isAbsent = (prompt: number): boolean => predictions.some((column) => Number.isNaN(column[prompt]));
  return predictions.map((column, component) =>
    column.map((value, prompt) => (isAbsent(prompt) ? (fallback[component]?.[prompt] ?? Number.NaN) : value)),
  );
};

/** [prompts] 1 where every component has a prediction, else 0. */
export const answeredOf = (predictions: Predictions): Uint8Array =>
  Uint8Array.from(predictions[0] ?? [], (_, prompt) =>
    predictions.every((column) => !Number.isNaN(column[prompt])) ? 1 : 0,
  );

/** Throws RangeError unless there is one column per component, each of `size` finite numbers. */
export const checkComplete = (columns: readonly Float64Array[], components: number, size: number): void => {
  if (columns.length !== components) {
    throw new RangeError(`expected predictions of ${components} components, given ${columns.length}`);
  }
  for (const [component, column] of columns.entries()) {
    const absent = column.findIndex((value) => !Number.isFinite(value));
    if (column.length !== size || absent >= 0) {
      const found = column.length === size ? `${column[absent]} at prompt ${absent}` : `${column.length} prompts`;
      throw new RangeError(`component ${component} needs a number for each of ${size} prompts, given ${found}`);
    }
  }
};
