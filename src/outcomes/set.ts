/** An outcome set: prompts × components with score and cost, complete rows only. What benchmarks run on. */
import type { OutcomeMeasurement, OutcomePrompt } from './prompt.ts';
import { toPromptKeyText } from './prompt.ts';
import { readOutcomes, readPrompts } from './read.ts';
import { matchesSource, toCanonicalModel, type CostRule, type OutcomeSetDefinition } from './set-definition.ts';

/** Characters per token where no token count was recorded. */
export const CHARS_PER_TOKEN = 4;

/** What one component did on one prompt. */
export interface OutcomeCell {
  /** Mean score, 0..1, of the component's models that answered. */
  readonly score: number;
  /** How many of the component's models answered; at least 1. */
  readonly answered: number;
  /** USD by the set's cost rule (units of the cheapest model with a `relative` rule). */
  readonly cost: number;
  /** Mean output tokens; characters / 4 where tokens were not recorded; null where neither was. */
  readonly outputTokens: number | null;
}

export interface OutcomeSetRow {
  readonly prompt: OutcomePrompt;
  /** The folder that the row came from, as given. */
  readonly folder: string;
  /** Aligned with `components`. */
  readonly cells: readonly OutcomeCell[];
}

export interface OutcomeSet {
  readonly id: string;
  readonly components: readonly string[];
  readonly costRule: CostRule['type'];
  readonly rows: readonly OutcomeSetRow[];
  /** Prompts of the set's sources that were left out because a component has no score (or no recorded cost). */
  readonly incompleteRows: number;
}

/** Prompt text and cells where they exist; `loadOutcomeSet` keeps the complete ones. */
export interface SparseRow {
  readonly prompt: OutcomePrompt;
  readonly folder: string;
  /** Aligned with `components`; null where no model of the component answered. */
  readonly cells: readonly (OutcomeCell | null)[];
}

export interface OutcomeSetOptions {
  /** Folders that each hold `prompts.jsonl(.gz)` and `outcomes.jsonl(.gz)`; rows come in this order. */
  readonly folders: readonly string[];
  readonly definition: OutcomeSetDefinition;
}

const meanOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

const known = (values: readonly (number | null)[]): readonly number[] => values.filter((value) => value !== null);

/** Characters of a prompt's text. */
export const promptChars = ({ routable: { prompt } }: OutcomePrompt): number =>
  typeof prompt === 'string' ? prompt.length : prompt.reduce((sum, message) => sum + message.content.length, 0);

/** Output tokens of one measurement: recorded, else characters / 4 rounded up, else null. */
export const outputTokensOf = ({ outputTokens, outputChars }: OutcomeMeasurement): number | null =>
  outputTokens ?? (outputChars === null ? null : Math.ceil(outputChars / CHARS_PER_TOKEN));

interface CostInputs {
  readonly rule: CostRule;
  readonly column: number;
  readonly prompt: OutcomePrompt;
  readonly measurements: readonly OutcomeMeasurement[];
  readonly outputTokens: number | null;
}

/** USD (or units) of one cell; null where the rule needs something that was not recorded. */
const costOf = ({ rule, column, prompt, measurements, outputTokens }: CostInputs): number | null => {
  switch (rule.type) {
    case 'recorded': {
      const costs = known(measurements.map(({ costUsd }) => costUsd));
      return costs.length === 0 ? null : meanOf(costs);
    }
    case 'per-call':
      return rule.usdPerCall[column] ?? null;
    case 'relative':
      return rule.units[column] ?? null;
    case 'per-million-tokens': {
      const [usdIn, usdOut] = rule.usdInOut[column] ?? [0, 0];
      const inputs = known(measurements.map(({ inputTokens }) => inputTokens));
      const inputTokens = inputs.length > 0 ? meanOf(inputs) : Math.ceil(promptChars(prompt) / CHARS_PER_TOKEN);
      return outputTokens === null ? null : (inputTokens * usdIn + outputTokens * usdOut) / 1e6;
    }
  }
};

type ByModel = Map<string, OutcomeMeasurement[]>;

const modelsFor = (definition: OutcomeSetDefinition, column: number, prompt: OutcomePrompt): readonly string[] =>
  definition.columns[column]?.bySource.find(({ pattern }) => matchesSource(pattern, prompt))?.models ?? [];

interface CellInputs {
  readonly definition: OutcomeSetDefinition;
  readonly column: number;
  readonly prompt: OutcomePrompt;
  readonly byModel: ByModel;
}

const toCell = ({ definition, column, prompt, byModel }: CellInputs): OutcomeCell | null => {
  const measurements = modelsFor(definition, column, prompt).flatMap((model) => byModel.get(model) ?? []);
  if (measurements.length === 0) {
    return null;
  }
  const lengths = known(measurements.map(outputTokensOf));
  const outputTokens = lengths.length === 0 ? null : meanOf(lengths);
  const cost = costOf({ rule: definition.cost, column, prompt, measurements, outputTokens });
  const score = meanOf(measurements.map((measurement) => measurement.score));
  return cost === null ? null : { score, answered: measurements.length, cost, outputTokens };
};

const isInSet = (definition: OutcomeSetDefinition, key: OutcomePrompt | OutcomeMeasurement): boolean =>
  definition.columns.some(({ bySource }) => bySource.some(({ pattern }) => matchesSource(pattern, key)));

const listedModels = (definition: OutcomeSetDefinition): ReadonlySet<string> =>
  new Set(definition.columns.flatMap(({ bySource }) => bySource.flatMap(({ models }) => models)));

const loadMeasurements = async (
  folder: string,
  definition: OutcomeSetDefinition,
): Promise<ReadonlyMap<string, ByModel>> => {
  const listed = listedModels(definition);
  const byPrompt = new Map<string, ByModel>();
  for await (const measurement of readOutcomes(folder)) {
    const model = toCanonicalModel(definition.aliases, measurement.model);
    if (!listed.has(model) || !isInSet(definition, measurement)) {
      continue;
    }
    const key = toPromptKeyText(measurement);
    const byModel: ByModel = byPrompt.get(key) ?? new Map<string, OutcomeMeasurement[]>();
    byPrompt.set(key, byModel);
    byModel.set(model, [...(byModel.get(model) ?? []), measurement]);
  }
  return byPrompt;
};

/** Every prompt of the set's sources with the cells that exist, in the order of folders and files. */
export async function* readSparseRows({ folders, definition }: OutcomeSetOptions): AsyncIterable<SparseRow> {
  for (const folder of folders) {
    const byPrompt = await loadMeasurements(folder, definition);
    for await (const prompt of readPrompts(folder)) {
      if (isInSet(definition, prompt)) {
        const byModel = byPrompt.get(toPromptKeyText(prompt)) ?? new Map<string, OutcomeMeasurement[]>();
        const cells = definition.columns.map((_, column) => toCell({ definition, column, prompt, byModel }));
        yield { prompt, folder, cells };
      }
    }
  }
}

const isComplete = (cells: readonly (OutcomeCell | null)[]): cells is readonly OutcomeCell[] =>
  cells.every((cell) => cell !== null);

/** Loads the complete rows of a set: every component has a score and a cost. Counts what it leaves out. */
export const loadOutcomeSet = async (options: OutcomeSetOptions): Promise<OutcomeSet> => {
  const rows: OutcomeSetRow[] = [];
  let incompleteRows = 0;
  for await (const { prompt, folder, cells } of readSparseRows(options)) {
    if (isComplete(cells)) {
      rows.push({ prompt, folder, cells });
    } else {
      incompleteRows += 1;
    }
  }
  const { definition } = options;
  return {
    id: definition.id,
    components: definition.columns.map(({ component }) => component),
    costRule: definition.cost.type,
    rows,
    incompleteRows,
  };
};
