/** The few operations on dense vectors that the solvers share; they write in place and sum in order. */

/** Σ one[i] other[i]; aligned. */
export const dot = (one: Float64Array, other: Float64Array): number => {
  let sum = 0;
  for (let index = 0; index < one.length; index += 1) {
    sum += (one[index] ?? 0) * (other[index] ?? 0);
  }
  return sum;
};

/** into += scale × vector */
export const addScaled = (into: Float64Array, scale: number, vector: Float64Array): void => {
  for (let index = 0; index < into.length; index += 1) {
    into[index] = (into[index] ?? 0) + scale * (vector[index] ?? 0);
  }
};

/** vector *= factor */
export const scaleBy = (vector: Float64Array, factor: number): void => {
  for (let index = 0; index < vector.length; index += 1) {
    vector[index] = (vector[index] ?? 0) * factor;
  }
};

export const largestMagnitude = (vector: Float64Array): number => {
  let largest = 0;
  for (let index = 0; index < vector.length; index += 1) {
    largest = Math.max(largest, Math.abs(vector[index] ?? 0));
  }
  return largest;
};
