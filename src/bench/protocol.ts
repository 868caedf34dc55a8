/** Evaluation protocols: what a router had learned from when it was scored. They are never mixed in one column. */

/**
 * - `cross-fit`: labels of the other folds of the same set, folds by group
 * - `family-out`: labels of the other families of the same set
 * - `zero-label`: no label of the set at all; trained elsewhere
 * - `n-labels`: a stated number of labels of the other folds
 * - `auxiliary`: labels of the other folds, and further data beside them
 */
export const PROTOCOLS = ['cross-fit', 'family-out', 'zero-label', 'n-labels', 'auxiliary'] as const;

export type Protocol = (typeof PROTOCOLS)[number];

/** The one protocol of all; throws RangeError where two are mixed, or for none. */
export const singleProtocol = (runs: readonly { readonly protocol: Protocol }[]): Protocol => {
  const found = [...new Set(runs.map(({ protocol }) => protocol))];
  const [only] = found;
  if (only === undefined || found.length > 1) {
    throw new RangeError(`expected runs of one protocol, given ${found.length === 0 ? 'no run' : found.join(' and ')}`);
  }
  return only;
};
