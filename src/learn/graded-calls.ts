/** Graded calls of a store: what each component scored, beside what its tier was predicted to. */
import type { Ability, Deviation } from '../catalog/ability.ts';
import { mean } from '../math/statistics.ts';
import { gradesOf } from '../store/grade.ts';
import type { DecisionRow, OutcomeRow, StoredDecision } from '../store/store.ts';
import { fitComponentAbility, missingCalls, type GradedCall } from './component-ability.ts';

/** What was predicted for a recorded call without anything that grades say. */
export interface PredictedCall {
  readonly conversationType: string;
  readonly usesTools: boolean;
  readonly predicted: number;
  /** What a published score said of the component then; null: there was none. */
  readonly published: Deviation | null;
}

export interface GradedComponent {
  readonly name: string;
  readonly deployment: string;
  readonly simulated: boolean;
  /** What a published score says of it, by the newest graded call; null: there is none. */
  readonly published: Deviation | null;
  readonly text: readonly GradedCall[];
  readonly tools: readonly GradedCall[];
}

export interface GradedCalls {
  readonly components: readonly GradedComponent[];
  /** Graded, and not used all the same: by reason. */
  readonly unused: Readonly<Record<UnusedReason, number>>;
}

/**
 * `handed_over`: another component than the recorded one answered. `former_model`: another model stood behind the component
 * then. `unreadable`: nothing can be predicted from the record.
 */
export type UnusedReason = 'simulated' | 'no_train' | 'handed_over' | 'former_model' | 'unreadable';

/** 0..1 over the grades of one call; null where nobody graded it. */
export const meanGradeOf = (outcomes: readonly OutcomeRow[]): number | null => {
  const grades = gradesOf(outcomes);
  return grades.length === 0 ? null : mean(grades);
};

/** Predictions closer to certainty would make a single grade count for hundreds. */
const CERTAIN = 0.995;

const clamp = (probability: number): number => Math.min(CERTAIN, Math.max(1 - CERTAIN, probability));

interface Details {
  readonly no_train?: boolean;
  readonly handed_to?: object | null;
}

const whyUnused = ({ simulated, json }: DecisionRow, takesSimulated: boolean): UnusedReason | null => {
  const details = JSON.parse(json) as Details; // written by this program
  if (simulated !== takesSimulated) return 'simulated';
  if (details.no_train === true) return 'no_train';
  return (details.handed_to ?? null) === null ? null : 'handed_over';
};

export interface CollectOptions {
  readonly predict: (decision: DecisionRow) => Promise<PredictedCall | null>;
  /** Made-up answers and nothing else: to try it out. */
  readonly simulated: boolean;
  readonly onProgress: (decisions: number) => void;
}

/** Reads every decision once, newest first: the first of a component says which model stands behind it. */
export const collectGradedCalls = async (
  decisions: AsyncIterable<StoredDecision>,
  { predict, simulated, onProgress }: CollectOptions,
): Promise<GradedCalls> => {
  const found = new Map<string, GradedComponent & { text: GradedCall[]; tools: GradedCall[] }>();
  const unused = { simulated: 0, no_train: 0, handed_over: 0, former_model: 0, unreadable: 0 };
  let read = 0;
  for await (const { decision, outcomes } of decisions) {
    read += 1;
    onProgress(read);
    const score = meanGradeOf(outcomes);
    if (score === null || decision.shadow) continue;
    const { component: name, deployment } = decision;
    const known = found.get(name);
    const isFormer = known !== undefined && known.deployment !== deployment;
    const reason = whyUnused(decision, simulated) ?? (isFormer ? 'former_model' : null);
    const call = reason === null ? await predict(decision) : null;
    if (call === null) {
      unused[reason ?? 'unreadable'] += 1;
      continue;
    }
    const graded = known ?? { name, deployment, simulated, published: call.published, text: [], tools: [] };
    found.set(name, graded);
    const scale = call.usesTools ? graded.tools : graded.text;
    scale.push({ type: call.conversationType, predicted: clamp(call.predicted), score });
  }
  return { components: [...found.values()], unused };
};

const toScale = (calls: readonly GradedCall[], published: Deviation | null) =>
  calls.length > 0 && missingCalls(calls) === 0 ? fitComponentAbility(calls, published ?? undefined) : null;

/** Null: too few graded calls of either kind. */
export const toAbility = ({ deployment, simulated, published, text, tools }: GradedComponent): Ability | null => {
  // A score is of words: what it says of tool calls is nothing.
  const ability = { deployment, simulated, text: toScale(text, published), tools: toScale(tools, null) };
  return ability.text === null && ability.tools === null ? null : ability;
};
