/** Auxiliary data: what other models scored on other questions. No question of the set under test is among them. */
import { mean } from '../math/statistics.ts';
import { toPromptKeyText, toSourcePath, type OutcomePrompt } from '../outcomes/prompt.ts';
import { readOutcomes, readPrompts } from '../outcomes/read.ts';
import type { RouteLlmRow } from '../outcomes/routellm.ts';
import { toStem } from '../outcomes/stem.ts';

export interface AuxiliaryRow {
  /** `source/dataset`. */
  readonly source: string;
  readonly prompt: string;
  /** Mean scores, 0..1, of the weaker and of the stronger third of the source's models. */
  readonly weak: number;
  readonly strong: number;
}

/** RouteLLM's own outcomes are those under test. */
const EXCLUDED_SOURCE = 'routellm';

/** A stem of two words ("which of") names no question. */
const MIN_STEM_CHARS = 12;

/** Whether a prompt asks what some row asks, by the group of its file or by its stem. */
export const createOverlap = (rows: readonly RouteLlmRow[]) => {
  const stems = new Set(rows.map(({ prompt }) => toStem(prompt)).filter((stem) => stem.length >= MIN_STEM_CHARS));
  const groups = new Set(rows.flatMap(({ fileGroup }) => (fileGroup === null ? [] : [fileGroup])));
  return (prompt: string, group: string): boolean => groups.has(group) || stems.has(toStem(prompt));
};

type ScoresByModel = Map<string, number>;

const loadScores = async (folder: string, wanted: ReadonlySet<string>): Promise<ReadonlyMap<string, ScoresByModel>> => {
  const byPrompt = new Map<string, ScoresByModel>();
  for await (const measurement of readOutcomes(folder)) {
    const key = toPromptKeyText(measurement);
    if (!wanted.has(key)) continue;
    const scores: ScoresByModel = byPrompt.get(key) ?? new Map();
    byPrompt.set(key, scores.set(measurement.model, measurement.score));
  }
  return byPrompt;
};

const THIRD = 3;

/** Models from weak to strong by their mean score, the weaker third and the stronger third; of few models one each. */
const toThirds = (scores: readonly ScoresByModel[]): readonly [ReadonlySet<string>, ReadonlySet<string>] => {
  const models = [...new Set(scores.flatMap((each) => [...each.keys()]))];
  const strength = new Map(
    models.map((model) => [model, mean(scores.flatMap((each) => each.get(model) ?? []))] as const),
  );
  const ordered = models.sort((one, other) => (strength.get(one) ?? 0) - (strength.get(other) ?? 0));
  const third = Math.max(1, Math.floor(ordered.length / THIRD));
  return [new Set(ordered.slice(0, third)), new Set(ordered.slice(-third))];
};

/** Prompts of a folder on which both thirds of the source's models were measured, in the file's order. */
export const loadAuxiliaryRows = async (
  folder: string,
  overlaps: ReturnType<typeof createOverlap>,
): Promise<readonly AuxiliaryRow[]> => {
  const bySource = new Map<string, { readonly prompt: OutcomePrompt; readonly text: string }[]>();
  const wanted = new Set<string>();
  for await (const prompt of readPrompts(folder)) {
    const text = prompt.routable.prompt;
    if (typeof text !== 'string' || prompt.source === EXCLUDED_SOURCE || overlaps(text, prompt.group)) continue;
    const source = toSourcePath(prompt);
    const own = bySource.get(source) ?? [];
    bySource.set(source, own);
    own.push({ prompt, text });
    wanted.add(toPromptKeyText(prompt));
  }
  const scores = await loadScores(folder, wanted);
  return [...bySource].flatMap(([source, prompts]) => {
    const own = prompts.map(({ prompt }): ScoresByModel => scores.get(toPromptKeyText(prompt)) ?? new Map());
    const [weakModels, strongModels] = toThirds(own);
    return prompts.flatMap(({ text }, at) => {
      const of = (models: ReadonlySet<string>): readonly number[] =>
        [...(own[at] ?? [])].flatMap(([model, score]) => (models.has(model) ? [score] : []));
      const [weak, strong] = [of(weakModels), of(strongModels)];
      return weak.length === 0 || strong.length === 0
        ? []
        : [{ source, prompt: text, weak: mean(weak), strong: mean(strong) }];
    });
  });
};
