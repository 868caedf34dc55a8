/** Range of each structural input: trees extrapolate by their outermost leaf, so they are never asked beyond it. */
import type { StructuralFeatures } from '../features/signals.ts';
import { quantile } from '../math/statistics.ts';
import { STRUCTURAL_INPUT_NAMES, toStructuralInput, type StructuralRange } from '../policy/learned/structural-input.ts';

const TAIL = 0.01;

/** The 1st and 99th percentile of every input. */
export const fitStructuralRange = (structurals: readonly StructuralFeatures[]): StructuralRange => {
  const inputs = structurals.map(toStructuralInput);
  const columns = STRUCTURAL_INPUT_NAMES.map((_, column) => Float64Array.from(inputs, (input) => input[column] ?? 0));
  return {
    low: Float32Array.from(columns, (column) => quantile(column, TAIL)),
    high: Float32Array.from(columns, (column) => quantile(column, 1 - TAIL)),
  };
};
