/**
 * Savings against a declared baseline. A difference in price is a saving only where the answer is known to be as good:
 * where it is the very same, or where somebody graded it. Everything else is money whose saving is unknown, and is said
 * to be.
 */
import { gradesOf } from '../store/grade.ts';
import type { StoredDecision } from '../store/store.ts';
import { mean } from '../math/statistics.ts';

/** From this mean grade on an answer counts as solved. */
export const SOLVED_GRADE = 0.5;

/** `asked`: the model that a client named, observed beside what the router would have done. Else a component's name. */
export type Baseline = { readonly type: 'asked' } | { readonly type: 'component'; readonly name: string };

/** `same`: both would have given this answer. `graded`: the answer that was given was graded. */
export type Evidence = 'same' | 'graded' | 'unknown';

/** One call beside its baseline; money in micro-dollars, null where unknown. */
export interface Compared {
  readonly component: string;
  readonly type: string;
  readonly evidence: Evidence;
  /** Null: nobody graded it. */
  readonly isSolved: boolean | null;
  readonly simulated: boolean;
  /** What the call cost: what was paid, or, for what was only observed, what its tokens cost by the list. */
  readonly actual: number | null;
  /** The same call by the list, nothing cached. */
  readonly list: number | null;
  readonly baseline: number | null;
}

type JsonRecord = Readonly<Record<string, unknown>>;

const asRecord = (value: unknown): JsonRecord =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonRecord) : {};

const asMoney = (value: unknown): number | null => (typeof value === 'number' ? value : null);

const asText = (value: unknown): string => (typeof value === 'string' ? value : 'unknown');

const detailOf = ({ decision }: StoredDecision): JsonRecord => asRecord(JSON.parse(decision.json));

/** Where nothing was left to choose, nobody read the words. */
const typeOf = (detail: JsonRecord): string => {
  const { value, weight } = asRecord(asRecord(detail['signals'])['conversation_type']);
  return weight === 0 ? 'not read' : asText(value);
};

/** A shadow: the router would have spent `actual` where the client's model cost `baseline`. */
const toObserved = (stored: StoredDecision): Compared | null => {
  const { decision } = stored;
  const detail = detailOf(stored);
  const observed = asRecord(detail['observed']);
  if (!decision.shadow || observed['result'] !== 'ok') return null;
  const isSame = observed['is_same'] === true;
  return {
    component: decision.component,
    type: typeOf(detail),
    // The answer that the router's model would have given was never given, so nobody can have graded it.
    evidence: isSame ? 'same' : 'unknown',
    isSolved: null,
    simulated: decision.simulated,
    actual: isSame ? asMoney(observed['cost_micro_usd']) : asMoney(observed['same_tokens_micro_usd']),
    list: asMoney(observed['same_tokens_micro_usd']),
    baseline: asMoney(observed['cost_micro_usd']),
  };
};

const usageOf = (json: string): { readonly input: number | null; readonly output: number | null } => {
  const usage = asRecord(asRecord(JSON.parse(json))['usage']);
  return { input: asMoney(usage['input_tokens']), output: asMoney(usage['output_tokens']) };
};

/**
 * Whoever settles a call of a unified model, its price is what routing costs: a turn that its session keeps, and one that
 * a limit or a failure moved. Only who names a component chooses by himself.
 */
const CHOSEN_BY_CLIENT: ReadonlySet<string> = new Set(['user', 'key', 'alias']);

const isRouted = ({ decision }: StoredDecision): boolean =>
  !decision.shadow && !CHOSEN_BY_CLIENT.has(decision.chosenBy);

const hasBaseline = (stored: StoredDecision, name: string): boolean =>
  asRecord(detailOf(stored)['baseline'])['component'] === name;

/** A routed call beside what the baseline was expected to cost when it was decided. */
const toRouted = (stored: StoredDecision, name: string): Compared | null => {
  const { decision, attempts } = stored;
  if (!isRouted(stored) || !hasBaseline(stored, name) || decision.result !== 'ok') return null;
  const detail = detailOf(stored);
  const baseline = asRecord(detail['baseline']);
  const grades = gradesOf(stored.outcomes);
  const isSame = decision.component === name;
  const known = attempts.at(-1);
  const hasUsage = known !== undefined && usageOf(known.json).input !== null;
  return {
    component: decision.component,
    type: typeOf(detail),
    evidence: isSame ? 'same' : grades.length > 0 ? 'graded' : 'unknown',
    isSolved: grades.length === 0 ? null : mean(grades) >= SOLVED_GRADE,
    simulated: decision.simulated,
    actual: hasUsage ? decision.costMicroUsd : null,
    list: null,
    baseline: isSame ? decision.costMicroUsd : asMoney(baseline['micro_usd']),
  };
};

export const toCompared = (stored: readonly StoredDecision[], baseline: Baseline): readonly Compared[] =>
  stored.flatMap((each) => {
    const compared = baseline.type === 'asked' ? toObserved(each) : toRouted(each, baseline.name);
    return compared === null ? [] : [compared];
  });

/** Calls that are compared with nothing, and what was paid for them. */
export interface LeftOut {
  readonly calls: number;
  readonly microUsd: number;
}

/** Routed calls that failed or were broken off: what the baseline would have done of them is not known. */
export const toLeftOut = (stored: readonly StoredDecision[], baseline: Baseline): LeftOut => {
  if (baseline.type === 'asked') return { calls: 0, microUsd: 0 };
  const ended = stored.filter(
    (each) =>
      isRouted(each) && !each.decision.simulated && each.decision.result !== 'ok' && hasBaseline(each, baseline.name),
  );
  return { calls: ended.length, microUsd: sum(ended.map(({ decision }) => decision.costMicroUsd ?? 0)) };
};

/** Components that decisions name as their baseline, for who names none. */
export const listBaselines = (stored: readonly StoredDecision[]): readonly string[] => {
  const names = stored.map((each) => asRecord(detailOf(each)['baseline'])['component']);
  const declared = new Set(names.filter((name) => typeof name === 'string'));
  return [...declared, ...(stored.some(({ decision }) => decision.shadow) ? ['asked'] : [])];
};

export interface SavingsRow {
  readonly component: string;
  readonly type: string;
  readonly calls: number;
  readonly actual: number;
  readonly baseline: number;
  readonly same: number;
  /** Calls with a grade, those of the same answer included; and of these, what they cost and which were solved. */
  readonly graded: number;
  readonly gradedActual: number;
  readonly solved: number;
  /** Baseline less actual over the calls that are the same or graded and solved; never over the others. */
  readonly claimed: number;
  /** Baseline money of the calls whose saving is unknown. */
  readonly unknownBaseline: number;
  /** Calls with an unknown cost on either side: in no sum of money. */
  readonly unpriced: number;
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

type Priced = Compared & { readonly actual: number; readonly baseline: number };

const isPriced = (compared: Compared): compared is Priced => compared.actual !== null && compared.baseline !== null;

/** A graded answer that failed saved nothing: its money is lost, and stays in the claim as a loss. */
const claimOf = ({ evidence, isSolved, actual, baseline }: Priced): number => {
  if (evidence === 'same') return baseline - actual;
  return isSolved === true ? baseline - actual : -actual;
};

const toRow = (component: string, type: string, all: readonly Compared[]): SavingsRow => {
  const priced = all.filter(isPriced);
  const known = priced.filter(({ evidence }) => evidence !== 'unknown');
  return {
    component,
    type,
    calls: all.length,
    actual: sum(priced.map(({ actual }) => actual)),
    baseline: sum(priced.map(({ baseline }) => baseline)),
    same: all.filter(({ evidence }) => evidence === 'same').length,
    graded: all.filter(({ isSolved }) => isSolved !== null).length,
    gradedActual: sum(priced.filter(({ isSolved }) => isSolved !== null).map(({ actual }) => actual)),
    solved: all.filter(({ isSolved }) => isSolved === true).length,
    claimed: sum(known.map(claimOf)),
    unknownBaseline: sum(priced.filter(({ evidence }) => evidence === 'unknown').map(({ baseline }) => baseline)),
    unpriced: all.length - priced.length,
  };
};

/** By component and conversation type, most baseline money first. */
export const toSavings = (compared: readonly Compared[]): readonly SavingsRow[] =>
  [...Map.groupBy(compared, ({ component, type }) => `${component} ${type}`).values()]
    .map((own) => toRow(own[0]?.component ?? '', own[0]?.type ?? '', own))
    .toSorted((first, second) => second.baseline - first.baseline);

/** One row over all. */
export const totalSavings = (compared: readonly Compared[]): SavingsRow => toRow('all', 'all', compared);
