/** The artifact file: a trained router as bytes. Weights are rounded to bytes before the file is hashed or measured. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { DataError } from '../errors.ts';
import { GRAM_BUCKETS } from '../features/word-grams.ts';
import type { BoostedTrees } from '../math/boosted-trees.ts';
import type { LinearHead } from '../math/linear-head.ts';
import { dequantise, quantise } from '../math/quantise.ts';
import { toRowIndex } from '../math/row-index.ts';
import { TIER_COLUMNS, type RouterArtifact } from '../policy/learned/artifact.ts';
import { toExemplars, toGroundWeights } from '../policy/learned/known-ground.ts';
import { MEMBERS } from '../policy/learned/stack.ts';
import { STRUCTURAL_INPUT_NAMES } from '../policy/learned/structural-input.ts';
import { WEIGHT_STEP } from './gram-weights.ts';
import { packData, parsePacked, type Packable } from './packed.ts';
import { fromStoredRows, toStoredRows } from './storable-rows.ts';
import { fromStoredTrees, storedTreesSchema, toStoredTrees } from './stored-trees.ts';

const FORMAT = 1;

const headSchema = z.object({
  intercept: z.number(),
  scales: z.instanceof(Float32Array),
  codes: z.instanceof(Int8Array),
});

const rowsSchema = z.object({
  starts: z.instanceof(Uint32Array),
  columns: z.instanceof(Uint16Array),
  codes: z.instanceof(Int8Array),
  scales: z.instanceof(Float32Array),
});

const numbers = z.array(z.number());

const fileSchema = z.object({
  format: z.literal(FORMAT),
  // Travels in a header and in versions.
  name: z.string().regex(/^[A-Za-z0-9._-]{1,64}$/, 'expected at most 64 letters, digits, dots, hyphens, underscores'),
  feature_version: z.string().min(1),
  columns: z.tuple([z.literal(TIER_COLUMNS[0]), z.literal(TIER_COLUMNS[1])]),
  structural_inputs: z.literal(STRUCTURAL_INPUT_NAMES.join(' ')),
  gram_weights: z.instanceof(Uint8Array),
  range: z.object({ low: z.instanceof(Float32Array), high: z.instanceof(Float32Array) }),
  words: z.array(headSchema),
  levels: z.array(z.object({ centroids: rowsSchema, values: z.instanceof(Float32Array) })),
  trees: z.array(storedTreesSchema),
  stack: z.object({
    members: z.array(z.enum(MEMBERS)),
    shared: numbers,
    deviation: numbers,
    means: numbers,
    centers: numbers,
  }),
  resampled_words: z.array(z.array(headSchema)),
  ground: z.object({ exemplars: rowsSchema, forms: z.instanceof(Uint8Array), threshold: z.number() }),
  length: z.object({ head: headSchema, mean: z.number(), trust: z.number().min(0).max(1) }),
});

const toStoredHead = ({ weights, intercept }: LinearHead): Packable => ({
  intercept,
  ...quantise(weights),
});

const fromStoredHead = ({ intercept, scales, codes }: z.infer<typeof headSchema>): LinearHead => ({
  intercept,
  weights: dequantise({ scales, codes }),
});

/** Bytes of an artifact; the same artifact gives the same bytes. */
export const renderArtifact = (artifact: RouterArtifact): Uint8Array => {
  const { quality, ground, length } = artifact;
  const { stack, view } = quality;
  return packData({
    format: FORMAT,
    name: artifact.name,
    feature_version: artifact.featureVersion,
    columns: quality.columns,
    structural_inputs: STRUCTURAL_INPUT_NAMES.join(' '),
    gram_weights: Uint8Array.from(view.gramWeights, (weight) => Math.round(weight / WEIGHT_STEP)),
    range: { low: view.range.low, high: view.range.high },
    words: quality.words.map(toStoredHead),
    levels: quality.table.levels.map(({ rows, values }) => ({ centroids: { ...toStoredRows(rows) }, values })),
    trees: quality.trees.map((trees) => ({ ...toStoredTrees(trees) })),
    stack: {
      members: stack.members,
      shared: [...stack.shared],
      deviation: [...stack.deviation],
      means: [...stack.means],
      centers: [...stack.centers],
    },
    resampled_words: artifact.resampledWords.map((heads) => heads.map(toStoredHead)),
    ground: { exemplars: { ...toStoredRows(ground.rows) }, forms: ground.forms, threshold: ground.threshold },
    length: { head: toStoredHead(length.head), mean: length.mean, trust: length.trust },
  });
};

/** SHA-256 of an artifact's bytes, hexadecimal: the router's version. */
export const hashArtifact = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

const toQuality = (file: z.infer<typeof fileSchema>): RouterArtifact['quality'] => ({
  columns: file.columns,
  view: { gramWeights: Float32Array.from(file.gram_weights).map((code) => code * WEIGHT_STEP), range: file.range },
  words: file.words.map(fromStoredHead),
  table: {
    columnCount: file.columns.length,
    levels: file.levels.map(({ centroids, values }) => {
      const rows = fromStoredRows(centroids, GRAM_BUCKETS);
      return { rows, centroids: toRowIndex(rows), values };
    }),
  },
  trees: file.trees.map((trees): BoostedTrees => fromStoredTrees(trees)),
  stack: {
    members: file.stack.members,
    shared: Float64Array.from(file.stack.shared),
    deviation: Float64Array.from(file.stack.deviation),
    means: Float64Array.from(file.stack.means),
    centers: Float64Array.from(file.stack.centers),
  },
});

/** Throws DataError naming the member that is wrong. */
export const parseArtifact = (bytes: Uint8Array): RouterArtifact => {
  const parsed = fileSchema.safeParse(parsePacked(bytes));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new DataError(
      `router artifact: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not as expected'}. Train it again with this version.`,
      { cause: parsed.error },
    );
  }
  const file = parsed.data;
  const rows = fromStoredRows(file.ground.exemplars, GRAM_BUCKETS);
  const quality = toQuality(file);
  return {
    name: file.name,
    featureVersion: file.feature_version,
    quality,
    resampledWords: file.resampled_words.map((heads) => heads.map(fromStoredHead)),
    ground: {
      gramWeights: toGroundWeights(quality.view.gramWeights),
      rows,
      forms: file.ground.forms,
      exemplars: toExemplars(rows, file.ground.forms),
      threshold: file.ground.threshold,
    },
    length: { head: fromStoredHead(file.length.head), mean: file.length.mean, trust: file.length.trust },
  };
};
