/** Asking the prompts of a run: half of them streamed, every answer graded by the line that it opens with. */
import { createRandom } from '../math/random.ts';
import { parseGradedAnswer, type GradedAnswer } from '../outcomes/graded-answer.ts';
import { toPromptKeyText, toSourcePath } from '../outcomes/prompt.ts';
import type { OutcomeSetRow } from '../outcomes/set.ts';
import type { ChatAnswer, ChatClient } from './chat-client.ts';
import { runParallel } from './concurrency.ts';

export interface Answered {
  readonly type: 'answered';
  /** Place of the prompt in the sample. */
  readonly index: number;
  readonly row: OutcomeSetRow;
  readonly streamed: boolean;
  readonly answer: ChatAnswer;
  readonly grade: GradedAnswer;
}

export interface Unanswered {
  readonly type: 'unanswered';
  readonly index: number;
  readonly source: string;
  readonly streamed: boolean;
  readonly message: string;
}

export type Asked = Answered | Unanswered;

export interface AskOptions {
  readonly client: ChatClient;
  readonly rows: readonly OutcomeSetRow[];
  readonly seed: number;
  readonly concurrency: number;
  readonly signal: AbortSignal;
  readonly report: (line: string) => void;
}

const PROGRESS_EVERY = 200;
const MAX_MESSAGE_CHARS = 300;

const messageOf = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).slice(0, MAX_MESSAGE_CHARS);

/** Asks every prompt; a failure is a result too. Once the signal is aborted, returns what was done. */
export const askPrompts = async (options: AskOptions): Promise<readonly Asked[]> => {
  const { client, rows, seed, concurrency, signal, report } = options;
  const random = createRandom(seed);
  const streamed = rows.map(() => random.next() < 0.5);
  let done = 0;
  const askOne = async (row: OutcomeSetRow, index: number): Promise<Asked> => {
    const stream = streamed[index] ?? false;
    try {
      const answer = await client.ask(row.prompt.routable, { stream });
      return { type: 'answered', index, row, streamed: stream, answer, grade: parseGradedAnswer(answer.text) };
    } catch (error) {
      const source = toSourcePath(row.prompt);
      return { type: 'unanswered', index, source, streamed: stream, message: messageOf(error) };
    } finally {
      done += 1;
      if (done % PROGRESS_EVERY === 0) {
        report(`${done} of ${rows.length} prompts answered`);
      }
    }
  };
  return runParallel({ items: rows, concurrency, run: askOne, signal });
};

export interface GradeFaults {
  /** Answers that grade another prompt than the one asked. */
  readonly otherPrompt: number;
  /** Answers of another model than that of the component named in the answer. */
  readonly otherModel: number;
  /** Scores that are not those of the data. */
  readonly otherScore: number;
}

/** Whether what came back over HTTP is what the data say. All zero in a sound run. */
export const findGradeFaults = (answered: readonly Answered[], components: readonly string[]): GradeFaults => {
  const count = (isFault: (each: Answered) => boolean): number => answered.filter(isFault).length;
  return {
    otherPrompt: count(({ row, grade }) => toPromptKeyText(row.prompt) !== toPromptKeyText(grade)),
    otherModel: count(({ answer, grade }) => answer.component !== grade.model),
    otherScore: count(({ row, grade }) => row.cells[components.indexOf(grade.model)]?.score !== grade.score),
  };
};
