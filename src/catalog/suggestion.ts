/** "Did you mean …?": the known word nearest to one that is not known. */

/** Edits (insert, delete, replace, swap neighbours) from one word to another: optimal string alignment distance. */
export const editDistance = (left: string, right: string): number => {
  let beforeLast: readonly number[] = [];
  let last: readonly number[] = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let row = 1; row <= left.length; row += 1) {
    const current: number[] = [row];
    for (let column = 1; column <= right.length; column += 1) {
      const same = left[row - 1] === right[column - 1];
      const swapped =
        row > 1 && column > 1 && left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1];
      current[column] = Math.min(
        (last[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (last[column - 1] ?? 0) + (same ? 0 : 1),
        swapped ? (beforeLast[column - 2] ?? 0) + 1 : Infinity,
      );
    }
    beforeLast = last;
    last = current;
  }
  return last[right.length] ?? 0;
};

/** The longest word for which a suggestion is looked for: the distance is quadratic in the length. */
const LONGEST_WORD = 100;

/** Known words at most a third of the given word's length away, nearest first; ties in the order of `known`. */
export const suggest = (given: string, known: Iterable<string>, count = 1): readonly string[] => {
  if (given.length > LONGEST_WORD) return [];
  const limit = Math.max(1, Math.floor(given.length / 3));
  return [...known]
    .filter((word) => Math.abs(word.length - given.length) <= limit)
    .map((word) => ({ word, distance: editDistance(given.toLowerCase(), word.toLowerCase()) }))
    .filter(({ distance }) => distance <= limit)
    .sort((left, right) => left.distance - right.distance)
    .slice(0, count)
    .map(({ word }) => word);
};
