/** Replay: makes a recorded decision again from its record alone and compares it with what was recorded. */
import { z } from 'zod';
import { EFFORTS } from '../canonical/effort.ts';
import type { Deviation } from '../catalog/ability.ts';
import type { Component } from '../catalog/component.ts';
import { CONVERSATION_TYPES, type Features } from '../features/signals.ts';
import { parseGramBytes } from '../features/word-grams-code.ts';
import { NO_GRAMS, type WordGrams } from '../features/word-grams.ts';
import { EXCLUSION_CODES, type Candidate } from '../policy/candidate.ts';
import { createSafePolicy } from '../policy/guard.ts';
import type { Policy, PolicyInput } from '../policy/policy.ts';
import { toPredictionContext } from '../policy/predict.ts';
import { createStaticPolicy } from '../policy/static.ts';
import type { DecisionRow } from '../store/store.ts';
import { StoreError } from '../errors.ts';
import { chooseCandidate } from './choose.ts';
import { isDirectComponent } from './direct.ts';

/** Largest difference of a predicted number that still counts as the same. */
export const REPLAY_TOLERANCE = 1e-9;

export type ReplayResult =
  | { readonly type: 'identical' }
  /** One candidate that the caller named: nothing was decided, so nothing can differ. */
  | { readonly type: 'direct' }
  | { readonly type: 'different'; readonly differences: readonly string[] }
  /** The record cannot be replayed by this build; says why and what would be needed. */
  | { readonly type: 'not_replayable'; readonly reason: string };

/** Of records before rules 3. */
const NO_CACHE_RECORDED = { warm: [], isMarked: false };

const evidence = z.array(z.object({ rule: z.string(), offset: z.number().nullable(), length: z.number().nullable() }));

const signal = <Value extends z.ZodType>(value: Value) => z.object({ value, weight: z.number(), evidence });

const recorded = z.object({
  feature_version: z.string(),
  signals: z.object({
    conversation_type: signal(z.enum(CONVERSATION_TYPES)),
    complexity: signal(z.number()),
    tool_needs: signal(z.enum(['none', 'single', 'multi_step'])),
    explicit_intent: signal(z.enum(['none', 'think', 'quick'])),
  }),
  input: z.object({
    structural: z.array(z.number()),
    /** Base64; null where the privacy settings kept them out, absent before features f3. */
    grams: z.base64().nullish(),
    input_tokens_estimate: z.number(),
    objective: z.object({
      microUsdPerSuccess: z.number(),
      microUsdPerSecond: z.number(),
      bandPoints: z.number().nullable(),
      maxWaitMs: z.number().nullable(),
    }),
    preference: z.object({
      effort: z.enum(EFFORTS).nullable(),
      componentChosen: z.boolean(),
      isHousekeeping: z.boolean().default(false),
    }),
    max_output_tokens: z.number().nullable(),
    /** Absent before rules 3, null on a first turn. */
    session: z.object({ component: z.string(), isRecent: z.boolean(), movesDownLeft: z.number() }).nullish(),
    cache: z
      .object({ warm: z.array(z.object({ component: z.string(), tokens: z.number() })), isMarked: z.boolean() })
      .default(NO_CACHE_RECORDED),
  }),
  candidates: z.array(
    z.object({
      component: z.string(),
      effort: z.enum(EFFORTS).nullable(),
      excluded: z
        .object({
          code: z.enum(EXCLUSION_CODES),
          constraint: z.string(),
          expected: z.string(),
          given: z.string(),
          fix: z.string(),
        })
        .nullable(),
      p: z.tuple([z.number(), z.number(), z.number()]).nullable(),
      cost_micro_usd: z.tuple([z.number(), z.number()]).nullable(),
      utility_micro_usd: z.number().nullable(),
      probability: z.number(),
    }),
  ),
  chosen: z.number(),
  settled_by: z.string().nullable(),
  reason_codes: z.array(z.string()),
  draw: z.number().nullable(),
  versions: z.object({ router: z.string(), config: z.string(), catalog: z.string() }),
});

type Recorded = z.infer<typeof recorded>;

const toGrams = (base64: string | null | undefined): WordGrams =>
  base64 === null || base64 === undefined ? NO_GRAMS : parseGramBytes(Buffer.from(base64, 'base64'));

const toFeatures = (row: Recorded): Features => ({
  version: row.feature_version,
  signals: {
    conversationType: row.signals.conversation_type,
    complexity: row.signals.complexity,
    toolNeeds: row.signals.tool_needs,
    explicitIntent: row.signals.explicit_intent,
  },
  structural: row.input.structural,
  grams: toGrams(row.input.grams),
  inputTokensEstimate: row.input.input_tokens_estimate,
});

const toInput = (row: Recorded, components: ReadonlyMap<string, Component>): PolicyInput | string => {
  const candidates: Candidate[] = [];
  for (const { component: name, effort, excluded } of row.candidates) {
    const component = components.get(name);
    if (component === undefined) return `the component ${name} is missing from the kept configuration`;
    candidates.push({ component, effort, excluded });
  }
  return {
    features: toFeatures(row),
    candidates,
    objective: row.input.objective,
    preference: row.input.preference,
    maxOutputTokens: row.input.max_output_tokens,
    session: row.input.session ?? null,
    cache: row.input.cache,
    draw: row.draw ?? 0,
  };
};

const differ = (left: number | null | undefined, right: number | null | undefined): boolean => {
  if (left === null || left === undefined || right === null || right === undefined)
    return (left ?? null) !== (right ?? null);
  return Math.abs(left - right) > REPLAY_TOLERANCE * Math.max(1, Math.abs(right));
};

const compare = (row: Recorded, input: PolicyInput, policy: Policy): readonly string[] => {
  const decision = chooseCandidate(input, row.settled_by, policy);
  const differences: string[] = [];
  if (decision.chosen !== row.chosen) differences.push(`chosen: recorded ${row.chosen}, now ${decision.chosen}`);
  if (decision.reasonCodes.join() !== row.reason_codes.join())
    differences.push(`reason_codes: recorded ${row.reason_codes.join()}, now ${decision.reasonCodes.join()}`);
  for (const [index, was] of row.candidates.entries()) {
    const now = decision.scores[index];
    const numbers = [
      ['p_success', was.p?.[0], now?.prediction?.pSuccess.value],
      ['p_success.low', was.p?.[1], now?.prediction?.pSuccess.low],
      ['p_success.high', was.p?.[2], now?.prediction?.pSuccess.high],
      ['cost.p50', was.cost_micro_usd?.[0], now?.prediction?.costMicroUsd?.p50],
      ['cost.p90', was.cost_micro_usd?.[1], now?.prediction?.costMicroUsd?.p90],
      ['utility', was.utility_micro_usd, now?.utilityMicroUsd],
      ['probability', was.probability, now?.probability],
    ] as const;
    for (const [name, before, after] of numbers)
      if (differ(after, before))
        differences.push(
          `${was.component}/${was.effort ?? '-'} ${name}: recorded ${before ?? 'none'}, now ${after ?? 'none'}`,
        );
  }
  return differences;
};

export interface ReplayContext {
  /** Policies by version; static ones are made anew from the components of the record. */
  readonly policies: ReadonlyMap<string, Policy>;
  /** A policy that is not in force but kept; undefined when it is not. */
  readonly loadPolicy?: (version: string) => Promise<Policy | undefined>;
  /** Components as they were: kept in the store under the versions of the record. */
  readonly loadComponents: (config: string, catalog: string) => Promise<ReadonlyMap<string, Component> | undefined>;
}

/** A static policy is its component: which one it was, only the configuration of then can tell. */
const findStatic = (version: string, components: ReadonlyMap<string, Component> | undefined): Policy | undefined =>
  [...(components?.keys() ?? [])]
    .map((component) => createStaticPolicy({ component }))
    .find((policy) => policy.version === version);

interface PolicyQuestion {
  readonly row: Recorded;
  readonly components: ReadonlyMap<string, Component> | undefined;
  readonly decision: DecisionRow;
}

/** What failed is not made to fail again: only the guard's choice is repeated. */
const findPolicy = async (
  { row, components, decision }: PolicyQuestion,
  { policies, loadPolicy }: ReplayContext,
): Promise<Policy | undefined> => {
  const version = row.versions.router;
  if (row.reason_codes.includes('router_failed'))
    return createSafePolicy({ version, safeComponent: decision.component });
  return policies.get(version) ?? findStatic(version, components) ?? loadPolicy?.(version);
};

/** A record with what it was decided by, ready to be decided again. */
interface Reopened {
  readonly type: 'reopened';
  readonly row: Recorded;
  readonly input: PolicyInput;
  readonly policy: Policy;
}

const reopen = async (decision: DecisionRow, context: ReplayContext): Promise<Reopened | ReplayResult> => {
  const parsed = recorded.safeParse(JSON.parse(decision.json));
  if (!parsed.success)
    throw new StoreError(
      `The record of ${decision.id} cannot be read: ${parsed.error.issues[0]?.message ?? 'bad shape'}.`,
      {
        code: 'record_unreadable',
      },
    );
  const row = parsed.data;
  if (row.candidates.length === 1 && isDirectComponent({ name: decision.component })) return { type: 'direct' };
  const components = await context.loadComponents(row.versions.config, row.versions.catalog);
  const policy = await findPolicy({ row, components, decision }, context);
  if (policy === undefined)
    return {
      type: 'not_replayable',
      reason: `it was made by ${row.versions.router}; this build has ${[...context.policies.keys()].join(', ')}`,
    };
  if (policy.readsGrams && (row.input.grams ?? null) === null)
    return { type: 'not_replayable', reason: 'privacy.features: structural kept its words out of the record' };
  if (components === undefined)
    return { type: 'not_replayable', reason: `configuration ${row.versions.config} is no longer kept` };
  const input = toInput(row, components);
  if (typeof input === 'string') return { type: 'not_replayable', reason: input };
  return { type: 'reopened', row, input, policy };
};

/** Throws StoreError when the record is not one that this program wrote. */
export const replayDecision = async (decision: DecisionRow, context: ReplayContext): Promise<ReplayResult> => {
  const reopened = await reopen(decision, context);
  if (reopened.type !== 'reopened') return reopened;
  const { row, input, policy } = reopened;
  const differences = compare(row, input, policy);
  return differences.length === 0 ? { type: 'identical' } : { type: 'different', differences };
};

/** What was predicted for the call that was made, had its component been known by its role alone. */
export interface UnmeasuredPrediction {
  readonly conversationType: string;
  readonly usesTools: boolean;
  /** P(success), 0 to 1. */
  readonly predicted: number;
  /** What its published score says beyond the role; null: there was none. */
  readonly published: Deviation | null;
}

const byRoleAlone = (candidate: Candidate): Candidate => {
  const { ability: _, published: __, ...component } = candidate.component;
  return { ...candidate, component };
};

/** The type of words that nobody read is not known: a component called by name leaves nothing to decide by them. */
const isRead = ({ signals }: Recorded): boolean => signals.conversation_type.weight > 0;

/** Null where the record cannot be decided again, where its words were not read, or where nothing was predicted. */
export const predictUnmeasured = async (
  decision: DecisionRow,
  context: ReplayContext,
): Promise<UnmeasuredPrediction | null> => {
  const reopened = await reopen(decision, context);
  if (reopened.type !== 'reopened' || !isRead(reopened.row)) return null;
  const { row, policy } = reopened;
  const input = { ...reopened.input, candidates: reopened.input.candidates.map(byRoleAlone) };
  const predicted = chooseCandidate(input, row.settled_by, policy).scores[row.chosen]?.prediction?.pSuccess.value;
  if (predicted === undefined) return null;
  const { type, usesTools } = toPredictionContext(input.features, null);
  const published = reopened.input.candidates[row.chosen]?.component.published ?? null;
  return { conversationType: type, usesTools, predicted, published };
};
