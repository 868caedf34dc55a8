/** Weights in one byte each: symmetric codes with one scale for every block of 256. */

export const BLOCK_LENGTH = 256;
const MAX_CODE = 127;

export interface QuantisedWeights {
  /** [⌈weights / 256⌉] A block's largest magnitude / 127; 0 where all its weights are 0. */
  readonly scales: Float32Array;
  /** [weights] -127 to 127; weight ≈ scale × code. */
  readonly codes: Int8Array;
}

/** To the nearest whole number, halves away from zero, so that w and -w get opposite codes. */
const roundAwayFromZero = (value: number): number => Math.sign(value) * Math.floor(Math.abs(value) + 0.5);

/**
 * Codes of every weight; off by at most half its block's scale, give or take the rounding of the scale to single
 * precision. Throws RangeError for weights that are not finite in single precision.
 */
export const quantise = (weights: Float64Array): QuantisedWeights => {
  const scales = new Float32Array(Math.ceil(weights.length / BLOCK_LENGTH));
  const codes = new Int8Array(weights.length);
  for (let block = 0; block < scales.length; block += 1) {
    const start = block * BLOCK_LENGTH;
    const end = Math.min(start + BLOCK_LENGTH, weights.length);
    let largest = 0;
    for (let index = start; index < end; index += 1) {
      largest = Math.max(largest, Math.abs(weights[index] ?? 0));
    }
    const scale = Math.fround(largest / MAX_CODE);
    if (!Number.isFinite(scale)) {
      throw new RangeError(`weights ${start} to ${end - 1} are not all finite in single precision`);
    }
    scales[block] = scale;
    for (let index = start; index < end; index += 1) {
      const code = scale === 0 ? 0 : roundAwayFromZero((weights[index] ?? 0) / scale);
      // Where the scale was rounded down in the subnormal range, the largest weight would overflow its byte.
      codes[index] = Math.min(Math.max(code, -MAX_CODE), MAX_CODE);
    }
  }
  return { scales, codes };
};

export const dequantise = ({ scales, codes }: QuantisedWeights): Float64Array => {
  const weights = new Float64Array(codes.length);
  for (let block = 0; block < scales.length; block += 1) {
    const scale = scales[block] ?? 0;
    // Most blocks of a head over hashed words are empty, and the array begins with zeros.
    if (scale === 0) continue;
    const end = Math.min((block + 1) * BLOCK_LENGTH, codes.length);
    for (let index = block * BLOCK_LENGTH; index < end; index += 1) weights[index] = scale * (codes[index] ?? 0);
  }
  return weights;
};
