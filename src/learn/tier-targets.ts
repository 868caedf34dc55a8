/** Targets of the shipped router: what the fast and the thinking models of a data set scored on each prompt. */
import { mean } from '../math/statistics.ts';
import type { OutcomeSetDefinition } from '../outcomes/set-definition.ts';
import { toCanonicalModel } from '../outcomes/set-definition.ts';
import { TIER_COLUMNS } from '../policy/learned/artifact.ts';
import type { Example, ModelOutcome } from './example.ts';

/** The set of a sets.json that names fast and thinking models by source. */
export const TIER_SET = 'mix-fast-thinking';

export interface TierExample {
  readonly example: Example;
  /** Mean score of the models that answered, 0 to 1, in the order of `TIER_COLUMNS`. */
  readonly scores: readonly [number, number];
  /** Mean visible tokens of the fast models' answers; null where none were recorded. */
  readonly fastTokens: number | null;
}

const matches = (pattern: string, task: string): boolean =>
  pattern.endsWith('/*') ? task.startsWith(pattern.slice(0, -1)) : task === pattern;

/** Outcomes of the column's models on the example; data sets spell names in their own way. */
const outcomesOf = (
  { task, outcomes }: Example,
  definition: OutcomeSetDefinition,
  component: string,
): readonly ModelOutcome[] => {
  const column = definition.columns.find((each) => each.component === component);
  const models = new Set(column?.bySource.find(({ pattern }) => matches(pattern, task))?.models ?? []);
  return [...outcomes]
    .filter(([model]) => models.has(toCanonicalModel(definition.aliases, model)))
    .map(([, outcome]) => outcome);
};

/** Examples on which both kinds of model were measured. */
export const toTierExamples = (
  examples: readonly Example[],
  definition: OutcomeSetDefinition,
): readonly TierExample[] =>
  examples.flatMap((example) => {
    const [fast, thinking] = TIER_COLUMNS.map((component) => outcomesOf(example, definition, component));
    if (!fast || !thinking || fast.length === 0 || thinking.length === 0) return [];
    const tokens = fast.flatMap(({ outputTokens }) => (outputTokens === null ? [] : [outputTokens]));
    return [
      {
        example,
        scores: [mean(fast.map(({ score }) => score)), mean(thinking.map(({ score }) => score))],
        fastTokens: tokens.length === 0 ? null : mean(tokens),
      },
    ];
  });
