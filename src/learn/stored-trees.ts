/** Boosted trees as flat arrays, the nodes of all trees one after the other. */
import { z } from 'zod';
import type { BoostedTrees } from '../math/boosted-trees.ts';

export const storedTreesSchema = z.object({
  loss: z.enum(['logistic', 'squared']),
  feature_count: z.number().int().positive(),
  base: z.number(),
  /** [trees + 1] The nodes of tree t stand from sizes[t] up to sizes[t + 1]. */
  starts: z.instanceof(Uint32Array),
  feature: z.instanceof(Int16Array),
  threshold: z.instanceof(Float32Array),
  left: z.instanceof(Uint16Array),
  right: z.instanceof(Uint16Array),
  value: z.instanceof(Float32Array),
});

type StoredTrees = z.infer<typeof storedTreesSchema>;

/** Leaves are rounded to single precision. */
export const toStoredTrees = ({ loss, featureCount, base, trees }: BoostedTrees): StoredTrees => {
  const starts = new Uint32Array(trees.length + 1);
  for (const [at, tree] of trees.entries()) starts[at + 1] = (starts[at] ?? 0) + tree.feature.length;
  return {
    loss,
    feature_count: featureCount,
    base,
    starts,
    feature: Int16Array.from(trees.flatMap((tree) => [...tree.feature])),
    threshold: Float32Array.from(trees.flatMap((tree) => [...tree.threshold])),
    left: Uint16Array.from(trees.flatMap((tree) => [...tree.left])),
    right: Uint16Array.from(trees.flatMap((tree) => [...tree.right])),
    value: Float32Array.from(trees.flatMap((tree) => [...tree.value])),
  };
};

export const fromStoredTrees = (stored: StoredTrees): BoostedTrees => ({
  loss: stored.loss,
  featureCount: stored.feature_count,
  base: stored.base,
  trees: Array.from({ length: stored.starts.length - 1 }, (_, at) => {
    const [from, to] = [stored.starts[at], stored.starts[at + 1]];
    return {
      feature: stored.feature.slice(from, to),
      threshold: stored.threshold.slice(from, to),
      left: stored.left.slice(from, to),
      right: stored.right.slice(from, to),
      value: Float64Array.from(stored.value.subarray(from, to)),
    };
  }),
});
