/** Tables by category: the mean score of every component within a category, shrunk towards its mean over all. */
import { mean } from '../math/statistics.ts';
import type { PredictionBaseline, PredictionMaker } from './cross-fit.ts';

/** How many prompts of the overall mean a category begins with. */
const PRIOR_PROMPTS = 15;

/** `categories` of the values; by category (n m̄_category + k m̄) / (n + k), for one without values the overall mean. */
export const shrunkMeans = (values: Float64Array, categories: readonly string[]): ((category: string) => number) => {
  const overall = mean(values);
  const sums = new Map<string, { total: number; count: number }>();
  values.forEach((value, index) => {
    const category = categories[index] ?? '';
    const sum = sums.get(category) ?? { total: 0, count: 0 };
    sums.set(category, { total: sum.total + value, count: sum.count + 1 });
  });
  return (category) => {
    const { total, count } = sums.get(category) ?? { total: 0, count: 0 };
    return (total + PRIOR_PROMPTS * overall) / (count + PRIOR_PROMPTS);
  };
};

const createCategoryTable =
  (categories: readonly string[]): PredictionMaker =>
  ({ prompts, scores }, heldOut) => {
    const known = Array.from(prompts, (prompt) => categories[prompt] ?? '');
    return scores.map((column) => {
      const meanOf = shrunkMeans(column, known);
      return Float64Array.from(heldOut, (prompt) => meanOf(categories[prompt] ?? ''));
    });
  };

/** By the conversation type that is recognised in the prompt's text. `types` by prompt of the set. */
export const createTypeTable = (types: readonly string[]): PredictionBaseline => ({
  name: 'conversation-type',
  isCheating: false,
  make: createCategoryTable(types),
});

/** By the data set's own label of the task, which no router sees. `tasks` by prompt of the set. */
export const createTrueTaskTable = (tasks: readonly string[]): PredictionBaseline => ({
  name: 'true-task',
  isCheating: true,
  make: createCategoryTable(tasks),
});
