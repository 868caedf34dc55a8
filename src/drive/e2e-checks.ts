/** Checks of an end-to-end run: that every answer is what the gateway says it is, recorded, and open to outcomes. */
import { quantile } from '../math/statistics.ts';
import { checkCount, type RunCheck } from './check.ts';
import { runParallel } from './concurrency.ts';
import { findGradeFaults, type Answered, type Asked } from './e2e-ask.ts';
import { fetchDecision, postOutcomes, type ReportedOutcome, type StoredDecision } from './gateway-client.ts';

const READ_CONCURRENCY = 8;
/** Outcomes are reported for so many answers at most. */
export const MAX_REPORTED_OUTCOMES = 200;
const EVALUATOR = 'lab';
/** Costs are written with six places. */
const COST_TOLERANCE_USD = 5e-7;

const checkAnswers = (asked: readonly Asked[], answered: readonly Answered[], components: readonly string[]) => {
  const faults = findGradeFaults(answered, components);
  const ids = new Set(answered.map(({ answer }) => answer.decisionId));
  const headers = answered.filter(({ answer }) => answer.headerDecisionId === answer.decisionId).length;
  return [
    checkCount({ name: 'requests answered', expected: asked.length, measured: answered.length }),
    checkCount({ name: 'answers with a decision id of their own', expected: answered.length, measured: ids.size }),
    checkCount({ name: 'answers whose header names the same decision', expected: answered.length, measured: headers }),
    checkCount({ name: 'answers to another prompt', expected: 0, measured: faults.otherPrompt }),
    checkCount({ name: 'answers of another component than disclosed', expected: 0, measured: faults.otherModel }),
    checkCount({ name: 'scores that differ from the data', expected: 0, measured: faults.otherScore }),
  ];
};

type Stored = readonly (StoredDecision | null)[];

const readStored = (url: string, answered: readonly Answered[]): Promise<Stored> =>
  runParallel({
    items: answered,
    concurrency: READ_CONCURRENCY,
    run: ({ answer }) => fetchDecision(url, answer.decisionId),
  });

const checkStored = (answered: readonly Answered[], stored: Stored): readonly RunCheck[] => {
  const count = (isSame: (each: Answered, decision: StoredDecision) => boolean): number =>
    answered.filter((each, index) => {
      const decision = stored[index];
      return decision !== null && decision !== undefined && isSame(each, decision);
    }).length;
  const expected = answered.length;
  return [
    checkCount({ name: 'decisions in the store', expected, measured: count(() => true) }),
    checkCount({
      name: 'decisions stored with the component that answered',
      expected,
      measured: count(({ answer }, decision) => decision.component === answer.component),
    }),
    checkCount({
      name: 'decisions stored with the cost that was disclosed',
      expected,
      measured: count(({ answer }, { cost_usd: cost }) =>
        cost === null || answer.costUsd === null
          ? cost === answer.costUsd
          : Math.abs(cost - answer.costUsd) < COST_TOLERANCE_USD,
      ),
    }),
  ];
};

const toOutcome = ({ answer, grade }: Answered): ReportedOutcome => ({
  decision_id: answer.decisionId,
  outcome_id: `e2e-${answer.decisionId}`,
  kind: 'correct',
  value: grade.score,
  evaluator: EVALUATOR,
});

/** Reports the grades of some answers twice, and reads them back. */
const checkOutcomes = async (url: string, answered: readonly Answered[]): Promise<readonly RunCheck[]> => {
  const graded = answered.slice(0, MAX_REPORTED_OUTCOMES);
  if (graded.length === 0) {
    return [];
  }
  const outcomes = graded.map(toOutcome);
  const first = await postOutcomes(url, outcomes);
  const again = await postOutcomes(url, outcomes);
  const stored = await readStored(url, graded);
  const kept = graded.filter((each, index) =>
    stored[index]?.outcomes.some(
      ({ kind, evaluator, value }) => kind === 'correct' && evaluator === EVALUATOR && value === each.grade.score,
    ),
  );
  const expected = graded.length;
  return [
    checkCount({ name: 'outcomes added', expected, measured: first.added }),
    checkCount({ name: 'the same outcomes again are duplicates', expected, measured: again.duplicates }),
    checkCount({ name: 'outcomes stored with their decisions', expected, measured: kept.length }),
  ];
};

export interface DecideTime {
  readonly n: number;
  readonly p50_us: number;
  readonly p99_us: number;
}

export interface CheckedRun {
  readonly checks: readonly RunCheck[];
  /** As the gateway recorded it, wall clock; null where nothing was stored. */
  readonly decideTime: DecideTime | null;
}

export interface CheckOptions {
  readonly url: string;
  readonly asked: readonly Asked[];
  readonly components: readonly string[];
}

/** Runs every check against the gateway that gave the answers. */
export const checkRun = async ({ url, asked, components }: CheckOptions): Promise<CheckedRun> => {
  const answered = asked.filter((each) => each.type === 'answered');
  const stored = await readStored(url, answered);
  const times = stored.flatMap((decision) => (decision === null ? [] : [decision.decide_us]));
  const decideTime: DecideTime = { n: times.length, p50_us: quantile(times, 0.5), p99_us: quantile(times, 0.99) };
  return {
    checks: [
      ...checkAnswers(asked, answered, components),
      ...checkStored(answered, stored),
      ...(await checkOutcomes(url, answered)),
    ],
    decideTime: times.length === 0 ? null : decideTime,
  };
};
