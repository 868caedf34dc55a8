/**
 * The task table without knowing the task: words tell which task a prompt probably is, learned from the names of the labelled
 * prompts' tasks, and every task's mean scores count by that probability. The name of a prompt that is routed is never read.
 */
import { FIT } from '../learn/member-fits.ts';
import { fitLogistic, predictLogits } from '../math/logistic.ts';
import { logistic } from '../math/probability.ts';
import { selectRows, type SparseRows } from '../math/sparse.ts';
import { shrunkMeans } from './category-table.ts';
import type { PredictionBaseline } from './cross-fit.ts';
import { toTfIdfRows } from './tf-idf.ts';

/** Labelled prompts without which a task has no head of its own; its prompts then count for the tasks they are like. */
const MIN_TASK_PROMPTS = 20;

/** C of the heads: the best of 1, 10, 100 and 1,000 by the log-loss of recognising tasks; no outcome was looked at. */
const INVERSE_PENALTY = 100;

/** [tasks][prompts] P(task) by one head a task, scaled to sum to 1 over the tasks. */
const recogniseTasks = (
  rows: SparseRows,
  { training, names, heldOut }: { training: Int32Array; names: readonly string[]; heldOut: Int32Array },
): { readonly tasks: readonly string[]; readonly chances: readonly Float64Array[] } => {
  const sizes = Map.groupBy(names, (name) => name);
  const tasks = [...sizes].filter(([, members]) => members.length >= MIN_TASK_PROMPTS).map(([name]) => name);
  const known = selectRows(rows, Uint32Array.from(training));
  const asked = selectRows(rows, Uint32Array.from(heldOut));
  const heads = tasks.map((task) =>
    fitLogistic({
      rows: known,
      targets: Float64Array.from(names, (name) => (name === task ? 1 : 0)),
      inversePenalty: INVERSE_PENALTY,
      maxIterations: FIT.wordIterations,
      tolerance: FIT.wordTolerance,
    }),
  );
  const raw = heads.map((head) => predictLogits(asked, head).map(logistic));
  const totals = Float64Array.from(heldOut, (_, row) =>
    raw.reduce((sum, column) => sum + (column[row] ?? 0), Number.MIN_VALUE),
  );
  return { tasks, chances: raw.map((column) => column.map((value, row) => value / (totals[row] ?? 1))) };
};

/** `counts` [prompts × buckets] of word grams; `tasks` by prompt of the set. */
export const createRecognisedTask = (counts: SparseRows, tasks: readonly string[]): PredictionBaseline => ({
  name: 'recognised task',
  isCheating: false,
  make: (training, heldOut) => {
    const names = Array.from(training.prompts, (prompt) => tasks[prompt] ?? '');
    const rows = toTfIdfRows(counts, training.prompts);
    const found = recogniseTasks(rows, { training: training.prompts, names, heldOut });
    return training.scores.map((column) => {
      const means = found.tasks.map(shrunkMeans(column, names));
      return Float64Array.from(heldOut, (_, row) =>
        means.reduce((sum, score, task) => sum + score * (found.chances[task]?.[row] ?? 0), 0),
      );
    });
  },
});
