/** Efforts: from what was asked, set or allowed to what a model accepts. */
import { effortRank, type Effort } from '../canonical/effort.ts';
import type { Component } from '../catalog/component.ts';
import type { CatalogModel } from '../catalog/model.ts';
import { isReasoningTier, toTier } from './tier.ts';

export interface ResolvedEffort {
  /** Null: nothing is sent, because nothing was asked or the model has no reasoning control. */
  readonly applied: Effort | null;
  /** The model does not accept what was asked: a warning, or an error with `strict_params`. */
  readonly clamped: boolean;
}

export interface EffortQuestion {
  /** Null: nobody asked. */
  readonly asked: Effort | null;
  readonly model: Pick<CatalogModel, 'reasoning'>;
  /** Highest effort that may be applied; null: no bound. */
  readonly ceiling?: Effort | null;
}

/** Efforts that the model accepts, up to the ceiling, in ladder order. */
export const acceptedEfforts = (model: Pick<CatalogModel, 'reasoning'>, ceiling: Effort | null): readonly Effort[] => {
  if (model.reasoning.control === 'none') return [];
  if (ceiling === null) return model.reasoning.efforts;
  return model.reasoning.efforts.filter((effort) => effortRank(effort) <= effortRank(ceiling));
};

/** The accepted effort closest in rank; of two equally close ones the lower, which never costs more than asked. */
const nearest = (asked: Effort, accepted: readonly Effort[]): Effort | undefined => {
  let best: Effort | undefined;
  let distance = Number.POSITIVE_INFINITY;
  for (const effort of accepted) {
    const away = Math.abs(effortRank(effort) - effortRank(asked));
    if (away >= distance) continue;
    best = effort;
    distance = away;
  }
  return best;
};

const clamp = (asked: Effort, accepted: readonly Effort[]): Effort | undefined => {
  const rank = effortRank(asked);
  if (rank >= effortRank('high')) return accepted.find((effort) => effortRank(effort) > rank) ?? accepted.at(-1);
  if (rank <= effortRank('low')) return accepted.findLast((effort) => effortRank(effort) < rank) ?? accepted[0];
  return nearest(asked, accepted);
};

/**
 * The effort that a model gets for the one that was asked: the exact one if accepted; else the next one up for `high`
 * and above, the next one down for `low` and below, the nearest for `medium`; where that side of the ladder is empty,
 * the last one on the other side (`none` on an always-on model: its lowest). `none` on a model that does not reason is
 * what it does anyway and no clamp.
 */
export const resolveEffort = ({ asked, model, ceiling = null }: EffortQuestion): ResolvedEffort => {
  if (asked === null) return { applied: null, clamped: false };
  const accepted = acceptedEfforts(model, ceiling);
  if (accepted.includes(asked)) return { applied: asked, clamped: false };
  const applied = clamp(asked, accepted);
  return applied === undefined ? { applied: null, clamped: asked !== 'none' } : { applied, clamped: true };
};

/** The level that the component's owner fixed; null: the router or the provider decides. */
export const fixedLevel = ({ effort }: Pick<Component, 'effort'>): Effort | null =>
  effort === 'auto' || effort === 'provider' ? null : effort;

export interface EffortChoice {
  readonly component: Component;
  /** Effort that was asked for; where the component has a fixed level it is clamped to that level. */
  readonly asked: Effort | null;
  /** What was asked belongs to the pin or the alias that chose the component: it is applied in place of the level. */
  readonly replacesLevel?: boolean;
  readonly ceiling: Effort | null;
  /** The words ask for depth and nothing more explicit speaks: a reasoning component without a level offers `high`. */
  readonly wantsDepth: boolean;
}

const fromLowUp = (accepted: readonly Effort[]): readonly Effort[] => {
  const reasoning = accepted.filter((effort) => effortRank(effort) >= effortRank('low'));
  return reasoning.length > 0 ? reasoning : accepted.slice(-1);
};

/** `provider`: nothing is sent, unless a ceiling exists that the model's own default is not known to keep. */
const providerEffort = (model: CatalogModel, ceiling: Effort | null): Effort | null | undefined => {
  const own = model.reasoning.defaultEffort;
  if (ceiling === null || (own !== null && effortRank(own) <= effortRank(ceiling))) return null;
  return acceptedEfforts(model, ceiling).at(-1);
};

const openEfforts = ({ component, ceiling }: EffortChoice, model: CatalogModel): readonly (Effort | null)[] => {
  if (component.effort === 'provider') {
    const effort = providerEffort(model, ceiling);
    return effort === undefined ? [] : [effort];
  }
  const accepted = acceptedEfforts(model, ceiling);
  return isReasoningTier(toTier(component)) ? fromLowUp(accepted) : accepted.slice(0, 1);
};

/**
 * Efforts at which a component is considered, in ladder order. A fixed level gives one, whatever was asked; what was
 * asked gives one elsewhere; `provider` gives null (nothing is sent); `auto` gives the ladder from `low` up for a
 * component that thinks and the lowest accepted effort for one that does not. A model without reasoning control gives
 * null. Empty: every effort that the model accepts is above the ceiling.
 */
export const candidateEfforts = (choice: EffortChoice): readonly (Effort | null)[] => {
  const { component, asked, ceiling, wantsDepth } = choice;
  const { model } = component.deployments[0];
  if (model.reasoning.control === 'none' || model.reasoning.efforts.length === 0) return [null];
  const level = fixedLevel(component);
  const settled = choice.replacesLevel === true ? (asked ?? level) : (level ?? asked);
  if (settled !== null) {
    const { applied } = resolveEffort({ asked: settled, model, ceiling });
    return applied === null ? [] : [applied];
  }
  const efforts = openEfforts(choice, model);
  const isDeep = efforts.some((effort) => effort !== null && effortRank(effort) >= effortRank('high'));
  if (!wantsDepth || isDeep || !isReasoningTier(toTier(component))) return efforts;
  const deep = resolveEffort({ asked: 'high', model, ceiling }).applied;
  return deep === null || efforts.includes(deep) ? efforts : [...efforts, deep];
};
