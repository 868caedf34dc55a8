/**
 * Answers from outcome data: the lab plays the models of a data set, so that a live run has known scores.
 *
 * A request whose user text is a prompt of the data is answered with one line of JSON and filler behind it:
 *
 *     {"lab_outcome":{"source":"…","dataset":"…","prompt_id":"…","model":"fast","score":0.75,"answered":4,"same_text":1}}
 *     lab lab lab lab …
 *
 * `model` is the upstream name asked: a component of the set (mean score of its listed models that answered) or a model
 * of the data by its own name. `outcomes/graded-answer.ts` renders and parses the line. The filler makes the text as
 * long as the data say; where they say nothing, `DEFAULT_OUTPUT_TOKENS`.
 */
import { renderGradedLine } from '../outcomes/graded-answer.ts';
import { toPromptKeyText, type OutcomePrompt, type PromptKey } from '../outcomes/prompt.ts';
import { toPromptDigest } from '../outcomes/prompt-digest.ts';
import { readOutcomes, readPrompts } from '../outcomes/read.ts';
import { loadSetDefinition } from '../outcomes/set-definition.ts';
import { outputTokensOf, readSparseRows } from '../outcomes/set.ts';
import { renderFiller } from './directive.ts';
import { CHARS_PER_TOKEN } from './reply.ts';
import { createScript, LAB_MODELS, type LabScript, type LabTiming } from './script.ts';

export const DEFAULT_OUTCOME_SET = 'mix-fast-thinking';

const DEFAULT_OUTPUT_TOKENS = 200;

interface Played {
  readonly score: number;
  readonly answered: number;
  readonly inputTokens: number | null;
  readonly outputTokens: number | null;
}

interface KnownPrompt extends PromptKey {
  /** How many prompts have this text. */
  sameText: number;
  readonly byModel: Map<string, Played>;
}

export type OutcomeAnswer =
  | { readonly type: 'answer'; readonly script: LabScript }
  /** The text is no prompt of the data. */
  | { readonly type: 'unknown-prompt' }
  /** The prompt is known, but the data hold no score of this model on it. */
  | { readonly type: 'no-outcome' };

export interface OutcomePlayer {
  /** Components first, then the data's own model names. */
  readonly models: readonly string[];
  readonly promptCount: number;
  readonly answer: (model: string, prompt: string) => OutcomeAnswer;
}

export interface OutcomePlayerOptions {
  /** Folder with `prompts.jsonl(.gz)` and `outcomes.jsonl(.gz)`. */
  readonly folder: string;
  /** A `sets.json`; null plays the data's own model names only. */
  readonly setsFile: string | null;
  readonly set?: string;
}

interface Index {
  readonly byDigest: Map<string, KnownPrompt>;
  readonly byKey: Map<string, KnownPrompt>;
  readonly models: Set<string>;
}

const addPrompt = ({ byDigest, byKey }: Index, prompt: OutcomePrompt): void => {
  const digest = toPromptDigest(prompt.routable.prompt);
  const { source, dataset, promptId } = prompt;
  const first = byDigest.get(digest);
  if (first !== undefined) {
    first.sameText += 1;
    return;
  }
  const known: KnownPrompt = { source, dataset, promptId, sameText: 1, byModel: new Map() };
  byDigest.set(digest, known);
  byKey.set(toPromptKeyText(prompt), known);
};

const addMeasurements = async (index: Index, folder: string): Promise<void> => {
  for await (const measurement of readOutcomes(folder)) {
    index.models.add(measurement.model);
    index.byKey.get(toPromptKeyText(measurement))?.byModel.set(measurement.model, {
      score: measurement.score,
      answered: 1,
      inputTokens: measurement.inputTokens,
      outputTokens: outputTokensOf(measurement),
    });
  }
};

const addComponents = async (index: Index, options: OutcomePlayerOptions): Promise<readonly string[]> => {
  if (options.setsFile === null) {
    return [];
  }
  const definition = await loadSetDefinition({ file: options.setsFile, set: options.set ?? DEFAULT_OUTCOME_SET });
  for await (const { prompt, cells } of readSparseRows({ folders: [options.folder], definition })) {
    const known = index.byKey.get(toPromptKeyText(prompt));
    definition.columns.forEach(({ component }, column) => {
      const cell = cells[column];
      if (cell !== null && cell !== undefined) {
        const { score, answered, outputTokens } = cell;
        known?.byModel.set(component, { score, answered, inputTokens: null, outputTokens });
      }
    });
  }
  return definition.columns.map(({ component }) => component);
};

/** Fewer, larger events than an ordinary answer: the text is filler, and a run asks thousands of prompts. */
const TOKENS_PER_EVENT = 16;

/** A component keeps its own pace; a model of the data is as fast as an ordinary script. */
const timingOf = (model: string): LabTiming => {
  const own = Object.hasOwn(LAB_MODELS, model) ? LAB_MODELS[model] : undefined;
  const { timing } = own?.type === 'script' ? own.script : createScript();
  return { ...timing, tokensPerEvent: TOKENS_PER_EVENT };
};

const toScript = (known: KnownPrompt, model: string, played: Played): LabScript => {
  const { source, dataset, promptId, sameText } = known;
  const { score, answered } = played;
  const line = `${renderGradedLine({ source, dataset, promptId, model, score, answered, sameText })}\n`;
  const outputTokens = Math.round(played.outputTokens ?? DEFAULT_OUTPUT_TOKENS);
  return createScript({
    text: line + renderFiller(Math.max(0, outputTokens - Math.ceil(line.length / CHARS_PER_TOKEN))),
    timing: timingOf(model),
    usage: {
      ...(played.inputTokens === null ? {} : { inputTokens: played.inputTokens }),
      // The text may be longer than the data's answer, since the first line is; usage stays as recorded.
      outputTokens,
    },
  });
};

/** Loads a folder of outcome data into a player. Throws `DataError` naming file and line. */
export const loadOutcomePlayer = async (options: OutcomePlayerOptions): Promise<OutcomePlayer> => {
  const index: Index = { byDigest: new Map(), byKey: new Map(), models: new Set() };
  for await (const prompt of readPrompts(options.folder)) {
    addPrompt(index, prompt);
  }
  await addMeasurements(index, options.folder);
  const components = await addComponents(index, options);
  return {
    models: [...new Set([...components, ...index.models])],
    promptCount: index.byDigest.size,
    answer: (model, prompt) => {
      const known = index.byDigest.get(toPromptDigest(prompt));
      if (known === undefined) {
        return { type: 'unknown-prompt' };
      }
      const played = known.byModel.get(model);
      return played === undefined ? { type: 'no-outcome' } : { type: 'answer', script: toScript(known, model, played) };
    },
  };
};
