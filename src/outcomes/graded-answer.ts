/**
 * Graded answers: how a model played from outcome data tells a harness what it scored.
 *
 * The answer's text opens with one line of JSON, `{"lab_outcome":{…}}`, and goes on with filler up to the length that
 * the data set recorded. The lab renders it (`lab/outcome-answer.ts`); `drive` parses it; both use these functions.
 */
import { z } from 'zod';
import { DataError } from '../errors.ts';
import type { PromptKey } from './prompt.ts';

export interface GradedAnswer extends PromptKey {
  /** The upstream model name that was asked: a component of the set (`fast`) or a model of the data. */
  readonly model: string;
  /** 0..1; the mean of `answered` models where the name is a component. */
  readonly score: number;
  readonly answered: number;
  /** How many prompts of the data have this very text; above 1 the first in the file's order was graded. */
  readonly sameText: number;
}

const MEMBER = 'lab_outcome';

const lineSchema = z.object({
  [MEMBER]: z.object({
    source: z.string(),
    dataset: z.string(),
    prompt_id: z.string(),
    model: z.string(),
    score: z.number().min(0).max(1),
    answered: z.number().int().positive(),
    same_text: z.number().int().positive(),
  }),
});

/** The first line of a graded answer, without its line break. */
export const renderGradedLine = (answer: GradedAnswer): string =>
  JSON.stringify({
    [MEMBER]: {
      source: answer.source,
      dataset: answer.dataset,
      prompt_id: answer.promptId,
      model: answer.model,
      score: answer.score,
      answered: answer.answered,
      same_text: answer.sameText,
    },
  });

/**
 * The grade in an answer's text. Throws `DataError` where the text is not a graded answer, or was cut inside the
 * first line: such an answer has no score, which is not a score of 0.
 */
export const parseGradedAnswer = (text: string): GradedAnswer => {
  const line = text.split('\n', 1)[0] ?? '';
  const parsed = lineSchema.safeParse(parseJson(line));
  if (!parsed.success) {
    throw new DataError(
      `expected an answer that opens with {"${MEMBER}":{…}}; given ${line.length} other characters.`,
      {
        cause: parsed.error,
      },
    );
  }
  const { prompt_id: promptId, same_text: sameText, ...rest } = parsed.data[MEMBER];
  return { ...rest, promptId, sameText };
};

const parseJson = (line: string): unknown => {
  try {
    return JSON.parse(line);
  } catch {
    // Not JSON at all: the schema reports it in the same words as JSON of another shape.
    return undefined;
  }
};
