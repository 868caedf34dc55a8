/** Routing with a new model in the pool: how much of the gain that full labels give is there after a few. */
import { toGroupFolds } from '../math/group-folds.ts';
import { createRandom } from '../math/random.ts';
import type { ThetaPrior } from '../policy/learned/ability-map.ts';
import { fitAbilityScale } from './ability-map.ts';
import { priorFromOrder } from './ability-prior.ts';
import { drawLabels } from './label-draw.ts';
import {
  collectCalls,
  toComponent,
  withoutModel,
  type OnboardingPrompt,
  type Stratification,
} from './onboarding-data.ts';
import { predictStrata, type LeftOutMap } from './onboarding-table.ts';
import { routingGain, type PoolStratum } from './pool-routing.ts';

/** Assumed: list prices of neighbouring tiers differ by about this. */
export const POOL_COSTS: readonly number[] = [1, 4, 16];

/** Models worse and better than this share of the source's models stand beside the new one. */
const RANK_STEP = 0.25;

export interface PoolMembers {
  readonly cheaper: string;
  readonly added: string;
  readonly better: string;
}

/** A source, cut in two by group: labels come from one half, routing is paid and scored in the other. */
export interface PoolGround {
  readonly prompts: readonly OnboardingPrompt[];
  readonly family: string;
  readonly strata: Stratification;
  readonly labelled: readonly number[];
  readonly realised: readonly number[];
  /** Fitted to all prompts of the scale but the realised ones. */
  readonly components: ReturnType<typeof collectCalls>;
}

export interface GroundOptions {
  readonly prompts: readonly OnboardingPrompt[];
  readonly family: string;
  readonly strata: Stratification;
  /** All prompts of the scale. */
  readonly places: readonly number[];
  readonly seed: number;
}

/** Both ways round. */
export const toGrounds = ({ prompts, family, strata, places, seed }: GroundOptions): readonly PoolGround[] => {
  const own = places.filter((place) => prompts[place]?.family === family);
  const halves = toGroupFolds(
    own.map((place) => prompts[place]?.group ?? ''),
    2,
    createRandom(seed),
  );
  return [0, 1].map((half) => {
    const realised = own.filter((_, index) => halves[index] === half);
    const hidden = new Set(realised);
    const rest = places.filter((place) => !hidden.has(place));
    return {
      prompts,
      family,
      strata,
      labelled: own.filter((_, index) => halves[index] !== half),
      realised,
      components: collectCalls(prompts, rest, strata),
    };
  });
};

/** Models of a source by their mean score in training, worst first; those that answered less than nearly all are left out. */
export const rankModels = (prompts: readonly OnboardingPrompt[], places: readonly number[]): readonly string[] => {
  const sums = new Map<string, { sum: number; count: number }>();
  for (const place of places) {
    for (const [model, score] of prompts[place]?.scores ?? []) {
      const own = sums.get(model) ?? { sum: 0, count: 0 };
      sums.set(model, { sum: own.sum + score, count: own.count + 1 });
    }
  }
  return [...sums]
    .filter(([, { count }]) => count >= 0.9 * places.length)
    .map(([model, { sum, count }]) => ({ model, mean: sum / count }))
    .sort((one, other) => one.mean - other.mean || (one.model < other.model ? -1 : 1))
    .map(({ model }) => model);
};

/** The model with one cheaper and one better beside it; null for those at the ends of the ranking. */
export const toPool = (ranked: readonly string[], model: string): PoolMembers | null => {
  const rank = ranked.indexOf(model);
  const step = Math.max(1, Math.round(RANK_STEP * ranked.length));
  const cheaper = ranked[rank - step];
  const better = ranked[rank + step];
  return rank === -1 || cheaper === undefined || better === undefined ? null : { cheaper, added: model, better };
};

const toPoolStrata = (
  ground: PoolGround,
  places: readonly number[],
  models: readonly string[],
): readonly PoolStratum[] => {
  const strata = ground.strata.cellOf.length;
  const prompts = new Uint32Array(strata);
  const sums = Array.from({ length: strata }, () => models.map(() => 0));
  for (const place of places) {
    const scores = ground.prompts[place]?.scores;
    if (scores === undefined || !models.every((model) => scores.has(model))) continue;
    const stratum = ground.strata.stratumOf[place] ?? 0;
    prompts[stratum] = (prompts[stratum] ?? 0) + 1;
    sums[stratum] = models.map((model, index) => (sums[stratum]?.[index] ?? 0) + (scores.get(model) ?? 0));
  }
  return sums.map((each, stratum) => ({ prompts: prompts[stratum] ?? 0, sums: each }));
};

/** How the new model is predicted from its labels. */
interface PoolIdea {
  /** Times the strength of the cells: above 1 they are trusted later. */
  readonly strength: number;
  /** False: the map alone, whatever the cells' own calls say. */
  readonly usesCalls: boolean;
  /** False: any ability is as likely as among all models, whatever the order of the three is. */
  readonly usesOrder: boolean;
}

const AS_IT_IS: PoolIdea = { strength: 1, usesCalls: true, usesOrder: true };

/** Tried where little is kept. None is chosen by what it keeps. */
export const POOL_IDEAS = {
  'map alone': { ...AS_IT_IS, usesCalls: false },
  'cells trusted twice as soon': { ...AS_IT_IS, strength: 0.5 },
  'cells trusted four times as soon': { ...AS_IT_IS, strength: 0.25 },
  'cells trusted half as soon': { ...AS_IT_IS, strength: 2 },
  'no order known': { ...AS_IT_IS, usesOrder: false },
} as const satisfies Readonly<Record<string, PoolIdea>>;

export interface PoolGains {
  /** Score above the static hull with all labels of the half, 0 to 1. */
  readonly full: number;
  /** By number of labels; null where the half holds fewer prompts. */
  readonly few: readonly (number | null)[];
  /** The same for each idea, aligned with `POOL_IDEAS`. */
  readonly ideas: readonly (readonly (number | null)[])[];
}

export interface PoolGainOptions {
  readonly labelCounts: readonly number[];
  readonly draws: number;
  readonly seed: number;
  /** A fit to start from. */
  readonly start: LeftOutMap['fit'];
}

/** Gains of a pool where the added model was never in the map. Known members have all labels of the half. */
export const measurePool = (ground: PoolGround, members: PoolMembers, options: PoolGainOptions): PoolGains => {
  const { prompts, family, strata, labelled, realised } = ground;
  const models = [members.cheaper, members.added, members.better];
  const { scale, thetas } = fitAbilityScale({
    cellOf: strata.cellOf,
    components: withoutModel(ground.components, members.added),
    start: options.start,
  });
  const predict = (
    model: string,
    labels: readonly number[],
    { prior, idea }: { readonly prior: ThetaPrior; readonly idea: PoolIdea },
  ): Float64Array =>
    predictStrata({
      scale: { ...scale, cellStrength: scale.cellStrength * idea.strength },
      strata,
      prior: idea.usesOrder ? prior : scale.thetaPrior,
      labels,
      scoreOf: (place) => prompts[place]?.scores.get(model) ?? 0,
    })[idea.usesCalls ? 'mapAndCalls' : 'map'];
  const answered = (model: string): readonly number[] => labelled.filter((place) => prompts[place]?.scores.has(model));
  const thetaOf = (model: string): number | null => thetas.get(toComponent(family, model)) ?? null;
  const prior = priorFromOrder({ below: thetaOf(members.cheaper), above: thetaOf(members.better) });
  const known = [members.cheaper, members.better].map((model) =>
    predict(model, answered(model), { prior: scale.thetaPrior, idea: AS_IT_IS }),
  );
  const planned = toPoolStrata(ground, labelled, models);
  const paid = toPoolStrata(ground, realised, models);
  const gainOf = (added: Float64Array): number =>
    routingGain({
      costs: POOL_COSTS,
      predictions: Array.from(added, (value, stratum) => [known[0]?.[stratum] ?? 0, value, known[1]?.[stratum] ?? 0]),
      planned,
      realised: paid,
    });
  const candidates = answered(members.added);
  const fewBy = (idea: PoolIdea): PoolGains['few'] =>
    options.labelCounts.map((labels) => {
      if (labels > candidates.length) return null;
      const draws = labels === 0 ? 1 : options.draws;
      const gains = Array.from({ length: draws }, (_, draw) => {
        const random = createRandom(options.seed + draw);
        const drawn = labels === 0 ? [] : drawLabels({ prompts: candidates, strata: strata.stratumOf, labels, random });
        return gainOf(predict(members.added, drawn, { prior, idea }));
      });
      return gains.reduce((sum, gain) => sum + gain, 0) / draws;
    });
  return {
    full: gainOf(predict(members.added, candidates, { prior, idea: AS_IT_IS })),
    few: fewBy(AS_IT_IS),
    ideas: Object.values(POOL_IDEAS).map(fewBy),
  };
};
