/** The oracle's hull O(c), fast enough to be computed again in each of a thousand resamples. */
import { createGrowingHull, toHull } from '../math/growing-hull.ts';
import type { Hull } from '../math/hull.ts';
import { cheapestOf, createPlace, nextOf, switchingPrice, type Place } from './envelope.ts';
import type { ScoreMatrix } from './matrix.ts';

/** Prompts that scored alike on every component move together at every λ. Graded scores leave most of them alone. */
interface Patterns {
  /** [prompts] */
  readonly ofPrompt: Int32Array;
  /** [patterns][components] */
  readonly scores: readonly Float64Array[];
}

const toPatterns = ({ scores }: ScoreMatrix): Patterns => {
  const known = new Map<string, number>();
  const patterns: Float64Array[] = [];
  const ofPrompt = Int32Array.from(scores[0] ?? [], (_, prompt) => {
    const pattern = Float64Array.from(scores, (column) => column[prompt] ?? Number.NaN);
    const key = pattern.join(' ');
    const index = known.get(key) ?? patterns.push(pattern) - 1;
    known.set(key, index);
    return index;
  });
  return { ofPrompt, scores: patterns };
};

/** Weighted sums of one sample by pattern. */
interface Sums {
  /** [patterns] */
  readonly weights: Float64Array;
  /** [components][patterns] cost paid. */
  readonly paid: readonly Float64Array[];
}

const sumByPattern = ({ costs }: ScoreMatrix, patterns: Patterns, weights: Float64Array): Sums => {
  const add = (into: Float64Array, pattern: number, amount: number): void => {
    into[pattern] = (into[pattern] ?? 0) + amount;
  };
  const sums = {
    weights: new Float64Array(patterns.scores.length),
    paid: costs.map(() => new Float64Array(patterns.scores.length)),
  };
  for (let prompt = 0; prompt < weights.length; prompt += 1) {
    add(sums.weights, patterns.ofPrompt[prompt] ?? 0, weights[prompt] ?? 0);
  }
  for (const [component, column] of costs.entries()) {
    const paid = sums.paid[component] ?? sums.weights;
    for (let prompt = 0; prompt < weights.length; prompt += 1) {
      add(paid, patterns.ofPrompt[prompt] ?? 0, (weights[prompt] ?? 0) * (column[prompt] ?? 0));
    }
  }
  return sums;
};

const totalOf = (values: Float64Array): number => {
  let total = 0;
  for (let index = 0; index < values.length; index += 1) {
    total += values[index] ?? 0;
  }
  return total;
};

interface Change {
  readonly lambda: number;
  readonly quality: number;
  readonly cost: number;
}

interface Walk {
  /** Sums at λ = ∞. */
  readonly start: { readonly cost: number; readonly quality: number };
  readonly changes: Change[];
}

const walk = ({ scores }: Patterns, { weights, paid }: Sums, place: Place): Walk => {
  const start = { cost: 0, quality: 0 };
  const changes: Change[] = [];
  for (let pattern = 0; pattern < scores.length; pattern += 1) {
    const weight = weights[pattern] ?? 0;
    if (weight > 0) {
      place.values.set(scores[pattern] ?? []);
      let from = cheapestOf(place);
      start.cost += paid[from]?.[pattern] ?? 0;
      start.quality += weight * (place.values[from] ?? 0);
      for (let to = nextOf(place, from); to >= 0; to = nextOf(place, from)) {
        changes.push({
          lambda: switchingPrice(place, from, to),
          quality: weight * ((place.values[to] ?? 0) - (place.values[from] ?? 0)),
          cost: (paid[to]?.[pattern] ?? 0) - (paid[from]?.[pattern] ?? 0),
        });
        from = to;
      }
    }
  }
  return { start, changes };
};

/**
 * O(c): hull of argmax_m s_m − λ c̄_m over every λ ≥ 0, and of the single components; c̄_m are the sample's mean costs,
 * what is paid is each prompt's own. It sees one sampled outcome of each cell, so luck inflates it. Every λ at which a
 * prompt changes its component is visited, so the hull is exact.
 */
export const createOracleHull = (matrix: ScoreMatrix): ((weights: Float64Array) => Hull) => {
  const patterns = toPatterns(matrix);
  const place = createPlace(matrix.components.length);
  const growing = createGrowingHull();
  return (weights) => {
    const sums = sumByPattern(matrix, patterns, weights);
    const total = totalOf(sums.weights);
    growing.clear();
    for (const [component, paid] of sums.paid.entries()) {
      const cost = totalOf(paid);
      place.costs[component] = cost / total;
      const quality = patterns.scores.reduce(
        (sum, scores, pattern) => sum + (sums.weights[pattern] ?? 0) * (scores[component] ?? 0),
        0,
      );
      growing.add(cost, quality, component);
    }
    const { start, changes } = walk(patterns, sums, place);
    growing.add(start.cost, start.quality, 0);
    changes.sort((one, other) => other.lambda - one.lambda);
    let { cost, quality } = start;
    for (let index = 0; index < changes.length; index += 1) {
      const change = changes[index] as Change; // in range
      cost += change.cost;
      quality += change.quality;
      // Prompts that change at one λ change together: no λ stands between them.
      if (changes[index + 1]?.lambda !== change.lambda) {
        growing.add(cost, quality, 0);
      }
    }
    return toHull(growing, total);
  };
};
