/** What graded calls say of a component beyond its role: by how much it solves more, or less, than its tier is taken to. */

/** Normal distribution of a deviation in logits: logit P(success) = the tier's + this. */
export interface Deviation {
  readonly logits: number;
  /** Above 0. */
  readonly sd: number;
}

/** Deviations by conversation type, each pulled to what the component deviates by on all of them. */
export interface AbilityScale {
  /** Graded calls behind it. */
  readonly calls: number;
  readonly types: Readonly<Record<string, Deviation>>;
  /** Of a type without graded calls. */
  readonly others: Deviation;
}

/** Graded calls behind what is predicted of a component, with words and with tools; 0: it counts as unmeasured. */
export const gradedCallsOf = (ability: Ability | undefined): number =>
  (ability?.text?.calls ?? 0) + (ability?.tools?.calls ?? 0);

/** A share of tasks solved, as somebody published it. */
export interface PublishedScore {
  /** Its name with its version or date: scores are compared where the names are equal. */
  readonly benchmark: string;
  /** Above 0, below 100. */
  readonly percent: number;
}

/** What published scores say of a component beside the others of its benchmark: for words, never for tools. */
export interface PublishedAbility extends Deviation {
  readonly benchmark: string;
  /** Components with a score of this benchmark, itself included. */
  readonly compared: number;
}

/** Plain data: kept with the components that a decision was made with, so that a replay finds it again. */
export interface Ability {
  /** The first deployment's id: the grades are of that model. */
  readonly deployment: string;
  /** Grades of made-up answers. They count for made-up components only. */
  readonly simulated: boolean;
  /** Null: too few graded calls. Tool calling is a scale of its own: who reasons well may write no valid call. */
  readonly text: AbilityScale | null;
  readonly tools: AbilityScale | null;
}

/** The scale of a kind of request: tools are needed for it, or words alone. Null: unmeasured. */
export const abilityScaleOf = (ability: Ability | undefined, usesTools: boolean): AbilityScale | null =>
  (usesTools ? ability?.tools : ability?.text) ?? null;

/** As much of a component as says what it can beyond its role. */
interface Known {
  readonly ability?: Ability;
  readonly published?: PublishedAbility;
}

/** What published scores add to the role for a kind of request; null: nothing, or graded calls say more. */
export const publishedAbilityOf = ({ ability, published }: Known, usesTools: boolean): PublishedAbility | null =>
  usesTools || abilityScaleOf(ability, usesTools) !== null ? null : (published ?? null);
