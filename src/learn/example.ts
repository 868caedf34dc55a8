/** Examples: prompts of outcome data as features, and what each model scored on them. What everything is trained on. */
import { extractFeatures } from '../features/extract.ts';
import type { Features } from '../features/signals.ts';
import { outputTokensOf } from '../outcomes/set.ts';
import { toPromptKeyText, toSourcePath, type OutcomePrompt, type RoutablePrompt } from '../outcomes/prompt.ts';
import { readOutcomes, readPrompts } from '../outcomes/read.ts';
import { toCanonicalRequest } from '../outcomes/routable-request.ts';

export interface ModelOutcome {
  /** 0 to 1, graded. The mean where a model was asked more than once. */
  readonly score: number;
  /** Visible output tokens; null where they were not recorded. */
  readonly outputTokens: number | null;
}

export interface Example {
  /** Where the prompt is from; template words are found by it. Like the task, never an input of a prediction. */
  readonly source: string;
  /** `source/dataset`. Says which outcomes belong to the example. */
  readonly task: string;
  readonly promptId: string;
  /** Near-duplicates share it: an example is never predicted by a model that was fitted on its group. */
  readonly group: string;
  readonly features: Features;
  readonly outcomes: ReadonlyMap<string, ModelOutcome>;
}

/** Features of a prompt. Takes the routable part alone, so that no label can reach them. */
export const toPromptFeatures = (routable: RoutablePrompt): Features => extractFeatures(toCanonicalRequest(routable));

type Sums = Map<string, { score: number; tokens: number; answered: number; counted: number }>;

const loadOutcomes = async (folder: string): Promise<ReadonlyMap<string, Sums>> => {
  const byPrompt = new Map<string, Sums>();
  for await (const measurement of readOutcomes(folder)) {
    const key = toPromptKeyText(measurement);
    const models: Sums = byPrompt.get(key) ?? new Map();
    byPrompt.set(key, models);
    const sum = models.get(measurement.model) ?? { score: 0, tokens: 0, answered: 0, counted: 0 };
    const tokens = outputTokensOf(measurement);
    sum.score += measurement.score;
    sum.answered += 1;
    if (tokens !== null) {
      sum.tokens += tokens;
      sum.counted += 1;
    }
    models.set(measurement.model, sum);
  }
  return byPrompt;
};

const toModelOutcomes = (sums: Sums | undefined): ReadonlyMap<string, ModelOutcome> =>
  new Map(
    [...(sums ?? [])].map(([model, { score, tokens, answered, counted }]) => [
      model,
      { score: score / answered, outputTokens: counted === 0 ? null : tokens / counted },
    ]),
  );

export interface ExampleOptions {
  /** Folder with prompts.jsonl(.gz) and outcomes.jsonl(.gz). */
  readonly folder: string;
  /** Which prompts are wanted; all when absent. */
  readonly wants?: (prompt: OutcomePrompt) => boolean;
  /** Told how many prompts have been read. */
  readonly onProgress?: (read: number) => void;
}

/** Examples of a folder in the file's order. Throws DataError naming file, line and field. */
export const loadExamples = async ({
  folder,
  wants = () => true,
  onProgress = () => {},
}: ExampleOptions): Promise<readonly Example[]> => {
  const outcomes = await loadOutcomes(folder);
  const examples: Example[] = [];
  for await (const prompt of readPrompts(folder)) {
    if (!wants(prompt)) continue;
    examples.push({
      source: prompt.source,
      task: toSourcePath(prompt),
      promptId: prompt.promptId,
      group: prompt.group,
      features: toPromptFeatures(prompt.routable),
      outcomes: toModelOutcomes(outcomes.get(toPromptKeyText(prompt))),
    });
    onProgress(examples.length);
  }
  return examples;
};
