/** Tables by category: the mean score of every component within a category, shrunk towards its mean over all. */
import { mean } from '../math/statistics.ts';
import type { PredictionBaseline, PredictionMaker } from './cross-fit.ts';

/** How many prompts of the overall mean a category begins with. */
const PRIOR_PROMPTS = 15;

/** (n m̄_category + k m̄) / (n + k); a category without training prompts has the overall mean. */
const createCategoryTable =
  (categories: readonly string[]): PredictionMaker =>
  ({ prompts, scores }, heldOut) =>
    scores.map((column) => {
      const overall = mean(column);
      const sums = new Map<string, { total: number; count: number }>();
      prompts.forEach((prompt, index) => {
        const category = categories[prompt] ?? '';
        const sum = sums.get(category) ?? { total: 0, count: 0 };
        sums.set(category, { total: sum.total + (column[index] ?? 0), count: sum.count + 1 });
      });
      return Float64Array.from(heldOut, (prompt) => {
        const { total, count } = sums.get(categories[prompt] ?? '') ?? { total: 0, count: 0 };
        return (total + PRIOR_PROMPTS * overall) / (count + PRIOR_PROMPTS);
      });
    });

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
