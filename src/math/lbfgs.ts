/** Minimising a smooth function of many numbers: limited-memory BFGS (Nocedal 1980; Nocedal and Wright 2006, 7.4-7.5). */

/** Returns the value at a point and writes the gradient there to `gradient`. Must not keep or change its arguments. */
export type Objective = (at: Float64Array, gradient: Float64Array) => number;

export interface MinimiseOptions {
  readonly objective: Objective;
  readonly start: Float64Array;
  readonly maxIterations: number;
  /** Stops once no component of the gradient is larger than this. */
  readonly tolerance: number;
}

export interface Minimum {
  readonly at: Float64Array;
  readonly value: number;
  readonly iterations: number;
  /** False where the iterations ran out, or rounding left no step that lowers the value. */
  readonly isConverged: boolean;
}

/** Pairs of past steps and gradient changes that stand for the curvature. */
const MEMORY = 10;

/** Weak Wolfe conditions: sufficient decrease and curvature (Nocedal and Wright 2006, equations 3.6). */
const DECREASE = 1e-4;
const CURVATURE = 0.9;
const MAX_STEP_TRIALS = 30;

/** Relative rounding error of a value that is a sum of many terms. */
const VALUE_ROUNDING = 1e-14;

/** How often the remembered curvature may be dropped to try again along the plain gradient. */
const MAX_RESTARTS = 2;

interface Point {
  readonly at: Float64Array;
  readonly gradient: Float64Array;
  value: number;
}

interface Pair {
  readonly step: Float64Array;
  readonly change: Float64Array;
  /** 1 / (step · change) */
  inverse: number;
}

const createPoint = (size: number): Point => ({
  at: new Float64Array(size),
  gradient: new Float64Array(size),
  value: Number.NaN,
});

const createPair = (size: number): Pair => ({
  step: new Float64Array(size),
  change: new Float64Array(size),
  inverse: 0,
});

const dot = (one: Float64Array, other: Float64Array): number => {
  let sum = 0;
  for (let index = 0; index < one.length; index += 1) {
    sum += (one[index] ?? 0) * (other[index] ?? 0);
  }
  return sum;
};

/** into += scale × vector */
const addScaled = (into: Float64Array, scale: number, vector: Float64Array): void => {
  for (let index = 0; index < into.length; index += 1) {
    into[index] = (into[index] ?? 0) + scale * (vector[index] ?? 0);
  }
};

const scaleBy = (vector: Float64Array, factor: number): void => {
  for (let index = 0; index < vector.length; index += 1) {
    vector[index] = (vector[index] ?? 0) * factor;
  }
};

const largestMagnitude = (vector: Float64Array): number => {
  let largest = 0;
  for (let index = 0; index < vector.length; index += 1) {
    largest = Math.max(largest, Math.abs(vector[index] ?? 0));
  }
  return largest;
};

/** The two-loop recursion (Nocedal and Wright 2006, algorithm 7.4). `pairs` from oldest to newest. */
const writeDirection = (direction: Float64Array, gradient: Float64Array, pairs: readonly Pair[]): void => {
  direction.set(gradient);
  const shares = new Float64Array(pairs.length);
  for (const [index, { step, change, inverse }] of [...pairs.entries()].reverse()) {
    shares[index] = inverse * dot(step, direction);
    addScaled(direction, -(shares[index] ?? 0), change);
  }
  const newest = pairs.at(-1);
  // Without curvature yet, a step of unit length is the only scale that does not depend on the units of the value.
  const scale =
    newest === undefined
      ? 1 / Math.sqrt(dot(gradient, gradient))
      : 1 / (newest.inverse * dot(newest.change, newest.change));
  scaleBy(direction, scale);
  for (const [index, { step, change, inverse }] of pairs.entries()) {
    addScaled(direction, (shares[index] ?? 0) - inverse * dot(change, direction), step);
  }
  scaleBy(direction, -1);
};

interface Search {
  readonly objective: Objective;
  readonly from: Point;
  readonly direction: Float64Array;
  /** Where the accepted point is written. */
  readonly to: Point;
}

const moveTo = ({ objective, from, direction, to }: Search, length: number): void => {
  to.at.set(from.at);
  addScaled(to.at, length, direction);
  to.value = objective(to.at, to.gradient);
};

/**
 * Whether a step lowered the value enough. Near the minimum the change drowns in rounding, so there the slope at the
 * new point decides instead (Hager and Zhang 2005, equation 4.1).
 */
const isLowEnough = (
  { from, to }: Search,
  slope: { readonly before: number; readonly after: number; readonly length: number },
): boolean =>
  to.value <= from.value + DECREASE * slope.length * slope.before ||
  (to.value <= from.value + VALUE_ROUNDING * Math.abs(from.value) && slope.after <= (2 * DECREASE - 1) * slope.before);

/**
 * Bisection to a step that fulfils the weak Wolfe conditions (Lewis and Overton 2013, algorithm 2.6). Unit steps come
 * first, because they are right nearly always. False where no trial lowers the value.
 */
const searchLine = (search: Search): boolean => {
  const { from, direction, to } = search;
  const before = dot(from.gradient, direction);
  let low = 0;
  let high = Number.POSITIVE_INFINITY;
  let length = 1;
  const trials = before < 0 ? MAX_STEP_TRIALS : 0; // rounding can turn a direction upwards
  for (let trial = 0; trial < trials; trial += 1) {
    moveTo(search, length);
    const after = dot(to.gradient, direction);
    if (!isLowEnough(search, { before, after, length })) {
      high = length; // not a number counts as too far
    } else if (after < CURVATURE * before) {
      low = length;
    } else {
      return true;
    }
    length = high === Number.POSITIVE_INFINITY ? 2 * low : (low + high) / 2;
  }
  if (low > 0) {
    moveTo(search, low); // decreases enough, and merely could have gone further
  }
  return low > 0;
};

/** Remembers the last step in the oldest pair's memory. Without positive curvature the model would lose its descent. */
const remember = (pairs: Pair[], from: Point, to: Point): void => {
  const pair = pairs.length < MEMORY ? createPair(from.at.length) : pairs.shift();
  if (pair === undefined) {
    return;
  }
  pair.step.set(to.at);
  addScaled(pair.step, -1, from.at);
  pair.change.set(to.gradient);
  addScaled(pair.change, -1, from.gradient);
  const curvature = dot(pair.step, pair.change);
  if (curvature > Number.EPSILON * dot(pair.change, pair.change)) {
    pair.inverse = 1 / curvature;
    pairs.push(pair);
  }
};

/** A point where the gradient vanishes, found by descent from `start`: the minimum if the function is convex. */
export const minimise = ({ objective, start, maxIterations, tolerance }: MinimiseOptions): Minimum => {
  const direction = new Float64Array(start.length);
  const pairs: Pair[] = [];
  let here = createPoint(start.length);
  let there = createPoint(start.length);
  here.at.set(start);
  here.value = objective(here.at, here.gradient);
  let iterations = 0;
  let restarts = 0;
  let canDescend = true;
  while (iterations < maxIterations && canDescend && largestMagnitude(here.gradient) > tolerance) {
    writeDirection(direction, here.gradient, pairs);
    canDescend = searchLine({ objective, from: here, direction, to: there });
    if (canDescend) {
      remember(pairs, here, there);
      [here, there] = [there, here];
      iterations += 1;
    } else if (pairs.length > 0 && restarts < MAX_RESTARTS) {
      pairs.length = 0;
      restarts += 1;
      canDescend = true;
    }
  }
  const isConverged = largestMagnitude(here.gradient) <= tolerance;
  return { at: here.at, value: here.value, iterations, isConverged };
};
