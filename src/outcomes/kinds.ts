/** Outcome kinds: the closed list of what can be known about an answer afterwards, and the shape of each. */
import { z } from 'zod';
import { isId } from '../canonical/identifier.ts';
import { InvalidRequestError, type Blocking } from '../errors.ts';

export const OUTCOME_KINDS = [
  'correct',
  'thumb',
  'preference',
  'switch',
  'answer_now',
  'regenerate',
  'reask',
  'edit',
  'tests',
  'valid',
] as const;

export type OutcomeKind = (typeof OUTCOME_KINDS)[number];

export const isOutcomeKind = (value: unknown): value is OutcomeKind => OUTCOME_KINDS.some((kind) => kind === value);

/** What was observed, by kind. */
export type OutcomeJudgement =
  /** Measured correctness, 0 (wrong) to 1 (right); the evaluator says who measured. */
  | { readonly kind: 'correct'; readonly value: number; readonly evaluator: string }
  /** A person's thumb. */
  | { readonly kind: 'thumb'; readonly value: -1 | 1 }
  /** This answer was preferred over the answer of another decision. */
  | { readonly kind: 'preference'; readonly value: { readonly over: string } }
  /** The person asked another component the same thing ("try again with thinking"). */
  | { readonly kind: 'switch'; readonly value: { readonly to: string } }
  /** The person cut thinking short. */
  | { readonly kind: 'answer_now'; readonly value: null }
  /** The person asked for the same again. */
  | { readonly kind: 'regenerate'; readonly value: null }
  /** The person asked the question again in other words. */
  | { readonly kind: 'reask'; readonly value: null }
  /** Share of the answer that was edited before use, 0 (none) to 1 (all). */
  | { readonly kind: 'edit'; readonly value: number }
  /** Tests that were run on the answer; at least one. */
  | { readonly kind: 'tests'; readonly value: { readonly passed: number; readonly failed: number } }
  /** Whether the answer met its schema or format. */
  | { readonly kind: 'valid'; readonly value: boolean };

interface OutcomeEnvelope {
  readonly decisionId: string;
  /** Key of idempotency; null leaves it to the store to make one. */
  readonly outcomeId: string | null;
  /** Who or what judged; required for `correct`. */
  readonly evaluator: string | null;
  /** May hold text of a person: kept only where privacy allows text. */
  readonly note: string | null;
  /** Milliseconds since 1970 UTC; null means the time of arrival. */
  readonly atMs: number | null;
}

export type ParsedOutcome = OutcomeEnvelope & OutcomeJudgement;

/** Outcomes in one request of the endpoint. */
export const MAX_OUTCOMES_PER_REQUEST = 1_000;
export const MAX_NOTE_CHARS = 2_000;
/** How far a reporter's clock may be ahead of ours. */
export const MAX_CLOCK_SKEW_MS = 5 * 60_000;
const MAX_NAME_CHARS = 200;
const MAX_OUTCOME_ID_CHARS = 128;
const MAX_GIVEN_CHARS = 60;

const isDecisionId = (value: string): boolean => isId('dec_', value);

const share = z.number().min(0).max(1);
const name = z.string().trim().min(1).max(MAX_NAME_CHARS);
const tally = z.number().int().nonnegative();
/** Kinds whose mere arrival says everything; `true` is taken too, since many clients cannot leave a field out. */
const nothing = z
  .union([z.null(), z.literal(true)])
  .optional()
  .transform(() => null);

interface KindRule {
  readonly schema: z.ZodType;
  readonly expected: string;
  readonly example: string;
}

const event: KindRule = { schema: nothing, expected: 'no value (or null, or true)', example: 'null' };

/** One schema for each kind's `value`, with the words that its errors use. */
export const OUTCOME_VALUE_RULES: Readonly<Record<OutcomeKind, KindRule>> = {
  correct: { schema: share, expected: 'a number from 0 (wrong) to 1 (right)', example: '1' },
  thumb: { schema: z.union([z.literal(-1), z.literal(1)]), expected: '-1 (down) or 1 (up)', example: '1' },
  preference: {
    schema: z.strictObject({ over: z.string().refine(isDecisionId) }),
    expected: 'an object {over: dec_…} naming the decision whose answer was liked less',
    example: '{"over": "dec_01KAR3Q8ZC5V9M7T2H4N6PXWYB"}',
  },
  switch: {
    schema: z.strictObject({ to: name }),
    expected: 'an object {to: …} naming the component that was asked instead',
    example: '{"to": "thinking"}',
  },
  answer_now: event,
  regenerate: event,
  reask: event,
  edit: { schema: share, expected: 'a number from 0 (unchanged) to 1 (all rewritten)', example: '0.2' },
  tests: {
    schema: z.strictObject({ passed: tally, failed: tally }).refine(({ passed, failed }) => passed + failed > 0),
    expected: 'an object {passed, failed} of whole numbers, at least one test',
    example: '{"passed": 12, "failed": 0}',
  },
  valid: { schema: z.boolean(), expected: 'true or false', example: 'true' },
};

const FIELD_RULES = {
  decision_id: {
    schema: z.string().refine(isDecisionId),
    expected: 'a decision id: dec_ and 26 characters of Crockford base 32',
    fix: 'Send the decision_id of the answer (body member gearbox.decision_id or header x-gearbox-decision).',
  },
  kind: {
    schema: z.enum(OUTCOME_KINDS),
    expected: `one of ${OUTCOME_KINDS.join(', ')}`,
    fix: 'Send one of the kinds listed.',
  },
  evaluator: {
    schema: name.nullish(),
    expected: `who judged: text of 1 to ${MAX_NAME_CHARS} characters`,
    fix: 'Name the evaluator, for example "pytest", "exact-match" or a judge model.',
  },
  note: {
    schema: z.string().max(MAX_NOTE_CHARS).nullish(),
    expected: `text of at most ${MAX_NOTE_CHARS} characters`,
    fix: 'Shorten the note or leave it out.',
  },
  at: {
    schema: z.iso.datetime({ offset: true }).nullish(),
    expected: 'a time as RFC 3339',
    fix: 'Send a time like 2026-11-23T21:00:00Z, or leave it out for now.',
  },
  outcome_id: {
    schema: z
      .string()
      .regex(/^[A-Za-z0-9_.:-]+$/)
      .max(MAX_OUTCOME_ID_CHARS)
      .nullish(),
    expected: `1 to ${MAX_OUTCOME_ID_CHARS} characters of A-Z a-z 0-9 _ . : -`,
    fix: 'Send an id of your own that stays the same when you send the outcome again, or leave it out.',
  },
} as const;

type FieldName = keyof typeof FIELD_RULES;

const MEMBERS = [...Object.keys(FIELD_RULES), 'value'];

interface Problem {
  readonly field: string;
  readonly expected: string;
  readonly given: unknown;
  readonly fix: string;
}

/** What was given, for an error. Long text is only counted, and a note never shown: both may be a person's words. */
const renderGiven = (field: string, given: unknown): string => {
  if (given === undefined) {
    return 'nothing';
  }
  if (typeof given === 'string' && (field.endsWith('note') || given.length > MAX_GIVEN_CHARS)) {
    return `text of ${given.length} characters`;
  }
  const printed = JSON.stringify(given) ?? typeof given;
  return printed.length <= MAX_GIVEN_CHARS ? printed : Array.isArray(given) ? 'a list' : 'an object';
};

const fail = ({ field, expected, given, fix }: Problem): never => {
  const blocking: Blocking = { constraint: field, expected, given: renderGiven(field, given), fix };
  throw new InvalidRequestError(`${field}: expected ${expected}; given ${blocking.given}. ${fix}`, {
    field,
    blocking: [blocking],
  });
};

const at = (path: string, member: string): string => (path === '' ? member : `${path}.${member}`);

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const parseField = <Name extends FieldName>(
  body: Readonly<Record<string, unknown>>,
  member: Name,
  path: string,
): z.output<(typeof FIELD_RULES)[Name]['schema']> => {
  const rule = FIELD_RULES[member];
  const parsed = rule.schema.safeParse(body[member]);
  if (!parsed.success) {
    return fail({ field: at(path, member), expected: rule.expected, given: body[member], fix: rule.fix });
  }
  // The union of all schemas' outputs is narrowed to this member's by the lookup above.
  return parsed.data as z.output<(typeof FIELD_RULES)[Name]['schema']>;
};

/** Where an outcome stands and when it arrived. */
export interface OutcomePlace {
  /** `''`, or `[3]` in a list; opens the field in errors. */
  readonly path: string;
  readonly nowMs: number;
}

/** Milliseconds since 1970; null where no time was sent. */
const parseTime = (body: Readonly<Record<string, unknown>>, { path, nowMs }: OutcomePlace): number | null => {
  const time = parseField(body, 'at', path) ?? null;
  if (time === null) return null;
  const atMs = Date.parse(time);
  const latestMs = nowMs + MAX_CLOCK_SKEW_MS;
  if (atMs <= latestMs) return atMs;
  const expected = `a time up to ${new Date(latestMs).toISOString()}, the clock here and ${MAX_CLOCK_SKEW_MS / 60_000} minutes`;
  return fail({ field: at(path, 'at'), expected, given: time, fix: 'Correct the time, or leave it out for now.' });
};

const parseJudgement = (kind: OutcomeKind, given: unknown, path: string): OutcomeJudgement => {
  const rule = OUTCOME_VALUE_RULES[kind];
  const parsed = rule.schema.safeParse(given);
  if (!parsed.success) {
    const fix = `For kind ${kind} send for example "value": ${rule.example}.`;
    return fail({ field: at(path, 'value'), expected: rule.expected, given, fix });
  }
  return { kind, value: parsed.data } as OutcomeJudgement; // the rule's schema is the shape of this kind's value
};

const refuseUnknown = (body: Readonly<Record<string, unknown>>, path: string): void => {
  const unknown = Object.keys(body).find((member) => !MEMBERS.includes(member));
  if (unknown !== undefined) {
    fail({ field: at(path, unknown), expected: `only ${MEMBERS.join(', ')}`, given: body[unknown], fix: 'Remove it.' });
  }
};

const refuseOwnPreference = (judgement: OutcomeJudgement, decisionId: string, path: string): void => {
  if (judgement.kind !== 'preference' || judgement.value.over !== decisionId) return;
  const fix = 'Name the decision whose answer was liked less.';
  fail({ field: at(path, 'value.over'), expected: 'another decision than decision_id', given: decisionId, fix });
};

/** One outcome as a client sent it. Throws `InvalidRequestError` naming field, expected, given and fix. */
export const parseOutcome = (value: unknown, place: OutcomePlace): ParsedOutcome => {
  const { path } = place;
  if (!isRecord(value)) {
    const fix = 'Send {"decision_id": "dec_…", "kind": "thumb", "value": 1}.';
    return fail({ field: path === '' ? 'body' : path, expected: 'an object', given: value, fix });
  }
  refuseUnknown(value, path);
  const decisionId = parseField(value, 'decision_id', path);
  const kind = parseField(value, 'kind', path);
  const judgement = parseJudgement(kind, value['value'], path);
  refuseOwnPreference(judgement, decisionId, path);
  const evaluator = parseField(value, 'evaluator', path) ?? null;
  if (kind === 'correct' && evaluator === null) {
    const { expected, fix } = FIELD_RULES.evaluator;
    return fail({ field: at(path, 'evaluator'), expected, given: value['evaluator'], fix });
  }
  return {
    ...judgement,
    decisionId,
    outcomeId: parseField(value, 'outcome_id', path) ?? null,
    evaluator,
    note: parseField(value, 'note', path) ?? null,
    atMs: parseTime(value, place),
  } as ParsedOutcome; // `correct` without an evaluator was refused above
};

/** The body of the endpoint: one outcome or a list of 1 to `MAX_OUTCOMES_PER_REQUEST`. Throws like `parseOutcome`. */
export const parseOutcomes = (body: unknown, nowMs: number): readonly ParsedOutcome[] => {
  if (!Array.isArray(body)) {
    return [parseOutcome(body, { path: '', nowMs })];
  }
  if (body.length === 0 || body.length > MAX_OUTCOMES_PER_REQUEST) {
    const expected = `1 to ${MAX_OUTCOMES_PER_REQUEST} outcomes`;
    const fix = body.length === 0 ? 'Send at least one.' : 'Split the list.';
    return fail({ field: 'body', expected, given: { outcomes: body.length }, fix });
  }
  return body.map((item, index) => parseOutcome(item, { path: `[${index}]`, nowMs }));
};
