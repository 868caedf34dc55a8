/** Auxiliary heads: what models of other data are expected to score, as further columns for trees on own labels. */
import { FIT } from '../learn/member-fits.ts';
import { fitLogistic, predictLogits } from '../math/logistic.ts';
import { selectRows } from '../math/sparse.ts';
import type { AuxiliaryRow } from './auxiliary-data.ts';
import type { RouteLlmSet } from './routellm-set.ts';

/** Smaller sources say too little. */
const MIN_SOURCE_ROWS = 250;

/**
 * [columns][prompts of the set] Log odds of the weaker and of the stronger models, one pair a source. `rows` are those whose text stands behind the set's own in its table, in the same order.
 */
export const fitAuxiliaryColumns = (set: RouteLlmSet, rows: readonly AuxiliaryRow[]): readonly Float64Array[] => {
  const own = selectRows(
    set.words,
    Uint32Array.from({ length: set.size }, (_, prompt) => prompt),
  );
  const bySource = Map.groupBy(rows.keys(), (at) => rows[at]?.source ?? '');
  return [...bySource.values()]
    .filter((places) => places.length >= MIN_SOURCE_ROWS)
    .flatMap((places) => {
      const known = selectRows(
        set.words,
        Uint32Array.from(places, (at) => set.size + at),
      );
      return (['weak', 'strong'] as const).map((column) => {
        const head = fitLogistic({
          rows: known,
          targets: Float64Array.from(places, (at) => rows[at]?.[column] ?? Number.NaN),
          inversePenalty: FIT.inversePenalty,
          maxIterations: FIT.wordIterations,
          tolerance: FIT.wordTolerance,
        });
        return predictLogits(own, head);
      });
    });
};
