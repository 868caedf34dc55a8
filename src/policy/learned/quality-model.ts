/**
 * The quality model: what every column (a component, or a kind of component) is predicted to score on a prompt, by
 * members that see the prompt in different ways. Pure evaluation; fitting is in `learn/`.
 */
import { predictTrees, type BoostedTrees } from '../../math/boosted-trees.ts';
import type { LinearHead } from '../../math/linear-head.ts';
import { logistic } from '../../math/probability.ts';
import { dotVector, type SparseVector } from '../../math/sparse.ts';
import type { PromptView, ViewSettings } from './prompt-view.ts';
import { predictTable, type SoftTable } from './soft-table.ts';
import { joinMembers, type Member, type Stack } from './stack.ts';

export interface QualityModel {
  readonly columns: readonly string[];
  readonly view: ViewSettings;
  /** By column: log odds of the score. */
  readonly words: readonly LinearHead[];
  readonly table: SoftTable;
  /** By column: log odds of the score; empty where there were too few labels for trees. */
  readonly trees: readonly BoostedTrees[];
  readonly stack: Stack;
}

export const predictWords = (heads: readonly LinearHead[], vector: SparseVector): Float64Array => {
  const scores = new Float64Array(heads.length);
  for (const [column, head] of heads.entries())
    scores[column] = logistic(head.intercept + dotVector(vector, head.weights));
  return scores;
};

export const predictForest = (trees: readonly BoostedTrees[], structure: Float32Array): Float64Array => {
  const scores = new Float64Array(trees.length);
  for (const [column, each] of trees.entries()) scores[column] = logistic(predictTrees(each, structure, 0));
  return scores;
};

const predictMember = (model: QualityModel, member: Member, view: PromptView): Float64Array => {
  switch (member) {
    case 'words':
      return predictWords(model.words, view.vector);
    case 'table':
      return predictTable(model.table, view.vector);
    case 'trees':
      return predictForest(model.trees, view.structure);
  }
};

/** Predicted score of every column, .005 to .995. */
export const predictQuality = (model: QualityModel, view: PromptView): Float64Array =>
  joinMembers(
    model.stack,
    model.stack.members.map((member) => predictMember(model, member, view)),
  );
