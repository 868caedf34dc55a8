/** Outcome data as the onboarding benchmark reads it: prompts, what models scored, and the true task for the tables. */
import type { Features } from '../features/signals.ts';
import type { OutcomePrompt } from '../outcomes/prompt.ts';
import { toSourcePath } from '../outcomes/prompt.ts';
import { tierSuccess, toPredictionContext } from '../policy/predict.ts';
import type { TrainingCalls } from './call-table.ts';
import { loadExamples } from './example.ts';
import { toModelName } from './model-name.ts';

export interface OnboardingPrompt {
  /**
   * The data's source: template words are found by it, and components of different sources are different ones, whatever
   * their names.
   */
  readonly family: string;
  /** Data set and category: what tables are about. Never an input of a prediction, except where a row says so. */
  readonly task: string;
  readonly group: string;
  readonly features: Pick<Features, 'grams' | 'structural'>;
  /** What service goes by, and predicts of a component of the role `fast` about which nothing is known, 0 to 1. */
  readonly service: { readonly type: string; readonly predicted: number };
  /** Score by model name (`toModelName`), 0 to 1. */
  readonly scores: ReadonlyMap<string, number>;
}

const toId = (prompt: OutcomePrompt): string => `${toSourcePath(prompt)}\n${prompt.promptId}`;

const toService = (features: Features): OnboardingPrompt['service'] => {
  const context = toPredictionContext(features, null);
  return { type: context.type, predicted: tierSuccess(context, 'fast') };
};

export interface OnboardingDataOptions {
  readonly folder: string;
  readonly wants?: (prompt: OutcomePrompt) => boolean;
  readonly onProgress?: (read: number) => void;
}

/** Throws DataError naming file, line and field. */
export const loadOnboardingPrompts = async (options: OnboardingDataOptions): Promise<readonly OnboardingPrompt[]> => {
  const { folder, wants = () => true, onProgress = () => {} } = options;
  const tasks = new Map<string, string>();
  const examples = await loadExamples({
    folder,
    onProgress,
    wants: (prompt) => {
      tasks.set(toId(prompt), `${prompt.dataset}/${prompt.labels.category ?? ''}`);
      return wants(prompt);
    },
  });
  return examples.map(({ source, task, promptId, group, features, outcomes }) => ({
    family: source,
    task: tasks.get(`${task}\n${promptId}`) ?? task,
    group,
    features: { grams: features.grams, structural: features.structural },
    service: toService(features),
    scores: new Map([...outcomes].map(([model, { score }]) => [toModelName(model), score])),
  }));
};

/** Clusters of prompts by place; places outside the scale are never asked for. */
export interface Stratification {
  /** By prompt. */
  readonly stratumOf: Uint16Array;
  /** By stratum: its cell, as in `AbilityScale`. */
  readonly cellOf: Uint16Array;
}

export const createCalls = (strata: number): TrainingCalls => ({
  counts: new Float64Array(strata),
  sums: new Float64Array(strata),
  squares: new Float64Array(strata),
});

export const addCall = ({ counts, sums, squares }: TrainingCalls, stratum: number, score: number): void => {
  counts[stratum] = (counts[stratum] ?? 0) + 1;
  sums[stratum] = (sums[stratum] ?? 0) + score;
  squares[stratum] = (squares[stratum] ?? 0) + score * score;
};

export const toComponent = (family: string, model: string): string => `${family}\n${model}`;

/** Every component's calls on the prompts at `places`. */
export const collectCalls = (
  prompts: readonly OnboardingPrompt[],
  places: readonly number[],
  { stratumOf, cellOf }: Stratification,
): ReadonlyMap<string, TrainingCalls> => {
  const components = new Map<string, TrainingCalls>();
  for (const place of places) {
    const prompt = prompts[place];
    for (const [model, score] of prompt?.scores ?? []) {
      const name = toComponent(prompt?.family ?? '', model);
      const calls = components.get(name) ?? createCalls(cellOf.length);
      components.set(name, calls);
      addCall(calls, stratumOf[place] ?? 0, score);
    }
  }
  return components;
};

/** Components without a model, under whichever source it stands. */
export const withoutModel = <Value>(
  components: ReadonlyMap<string, Value>,
  model: string,
): ReadonlyMap<string, Value> => new Map([...components].filter(([name]) => name.split('\n')[1] !== model));
