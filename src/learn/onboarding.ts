/**
 * Onboarding, measured: every model of the outcome data is left out in turn, under all its names, and comes back with 0 to
 * 1,000 graded calls. How well is its score on each task foretold, and how much of what routing gains with it is there?
 */
import { createRandom } from '../math/random.ts';
import { fitAbilityScale, type AbilityFit } from './ability-map.ts';
import { collectCalls, withoutModel, type OnboardingPrompt, type Stratification } from './onboarding-data.ts';
import { POOL_IDEAS, measurePool, rankModels, toGrounds, toPool } from './onboarding-pools.ts';
import { findTopics, toTaskStrata, toTextStrata, toToolStrata, type PromptTopics } from './onboarding-strata.ts';
import { measureTable, publishedPrior, type NewModel, type TableErrors, type TableMethod } from './onboarding-table.ts';
import { measurePublished, type PublishedRow } from './published-measure.ts';
import { measureService, type ServiceRow } from './service-measure.ts';

export const LABEL_COUNTS: readonly number[] = [0, 20, 50, 100, 300, 1_000];

/** A model with fewer outcomes in a source is not left out there. */
const MIN_OUTCOMES = 300;

/** A source of fewer models is measured on none: without them hardly anything would be known of it. */
const MIN_FAMILY_MODELS = 8;

/** Models are left out by folds where outcomes shape the strata: difficulty is learned from the other fold's. */
const MODEL_FOLDS = 2;

/** Every model has draws of its own: shared ones would make the luck of a few draws that of the whole table. */
const SEED_STEP = 1_009;

export interface TableRow {
  readonly family: string;
  readonly labels: number;
  /** Models that were left out. */
  readonly models: number;
  /** Mean absolute error over tasks, models and draws. */
  readonly errors: TableErrors;
}

export interface PoolRow {
  /** A source, or `all`. */
  readonly family: string;
  readonly labels: number;
  readonly pools: number;
  /** Mean score above the static hull with all labels, in points. */
  readonly fullPoints: number;
  /** With these labels. */
  readonly points: number;
  /** points / fullPoints; null where full labels gain nothing. */
  readonly kept: number | null;
  /** What each idea would have kept instead, aligned with `POOL_IDEAS`. */
  readonly ideas: readonly (number | null)[];
}

export interface StrengthRow {
  readonly scale: string;
  readonly components: number;
  readonly strata: number;
  /** k0. */
  readonly cellStrength: number;
  readonly isConverged: boolean;
}

export interface OnboardingResult {
  readonly prompts: number;
  readonly table: readonly TableRow[];
  readonly pools: readonly PoolRow[];
  readonly strengths: readonly StrengthRow[];
  readonly service: readonly ServiceRow[];
  readonly published: readonly PublishedRow[];
}

export interface OnboardingOptions {
  readonly prompts: readonly OnboardingPrompt[];
  readonly families: readonly string[];
  readonly seed: number;
  readonly draws: number;
  /** At most so many models of each source, evenly from the list of names. */
  readonly limitModels: number;
  readonly report: (line: string) => void;
}

/** One set of strata of one scale, with the fit to all its components. */
interface Ground {
  readonly name: string;
  readonly strata: Stratification;
  readonly places: readonly number[];
  readonly components: ReturnType<typeof collectCalls>;
  readonly fit: AbilityFit;
}

const toGround = (prompts: readonly OnboardingPrompt[], ground: Pick<Ground, 'name' | 'strata' | 'places'>): Ground => {
  const components = collectCalls(prompts, ground.places, ground.strata);
  return { ...ground, components, fit: fitAbilityScale({ cellOf: ground.strata.cellOf, components }) };
};

interface Grounds {
  /** Fold of a model. */
  readonly foldOf: (model: string) => number;
  /** By fold. */
  readonly text: readonly Ground[];
  readonly textKnowing: Ground | null;
  readonly tools: Ground | null;
  readonly toolsKnowing: Ground | null;
}

const toFolds = (prompts: readonly OnboardingPrompt[]): ((model: string) => number) => {
  const names = [...new Set(prompts.flatMap(({ scores }) => [...scores.keys()]))].sort();
  const folds = new Map(names.map((name, index) => [name, index % MODEL_FOLDS]));
  return (model) => folds.get(model) ?? 0;
};

const toGroundsOfScales = ({ prompts, seed, report }: OnboardingOptions): Grounds => {
  const foldOf = toFolds(prompts);
  const topics: PromptTopics = findTopics(prompts, seed);
  report(`${topics.topicCount} topics`);
  const tasks = toTaskStrata(prompts);
  const { textPlaces, toolPlaces } = topics;
  const known = (name: string, places: readonly number[]): Ground | null =>
    places.length === 0 ? null : toGround(prompts, { name: `${name}, knowing the task`, strata: tasks, places });
  const text = Array.from({ length: textPlaces.length === 0 ? 0 : MODEL_FOLDS }, (_, fold) => {
    const strata = toTextStrata(prompts, topics, { isInFold: (model) => foldOf(model) === fold, seed });
    report(`strata without model fold ${fold + 1} of ${MODEL_FOLDS}`);
    return toGround(prompts, { name: `text, fold ${fold + 1}`, strata, places: textPlaces });
  });
  const tools =
    toolPlaces.length === 0
      ? null
      : toGround(prompts, { name: 'tools', strata: toToolStrata(prompts, topics), places: toolPlaces });
  return { foldOf, text, tools, textKnowing: known('text', textPlaces), toolsKnowing: known('tools', toolPlaces) };
};

const evenly = <Item>(items: readonly Item[], limit: number): readonly Item[] =>
  items.length <= limit
    ? items
    : Array.from({ length: limit }, (_, index) => items[Math.floor(((index + 0.5) * items.length) / limit)] as Item); // in range

/** The source's models that answered enough, and the places of what each answered. */
const toAnswered = (prompts: readonly OnboardingPrompt[], family: string): ReadonlyMap<string, readonly number[]> => {
  const answered = new Map<string, number[]>();
  for (const [place, prompt] of prompts.entries()) {
    for (const model of prompt.family === family ? prompt.scores.keys() : []) {
      const places = answered.get(model) ?? [];
      places.push(place);
      answered.set(model, places);
    }
  }
  return new Map([...answered].filter(([, places]) => places.length >= MIN_OUTCOMES));
};

const leaveOut = ({ strata, components, fit }: Ground, model: string) => ({
  strata,
  fit: fitAbilityScale({ cellOf: strata.cellOf, components: withoutModel(components, model), start: fit }),
});

/** Grounds on which a model of a source is measured: of the scale on which most of the source's prompts stand. */
const groundsFor = (grounds: Grounds, { prompts, family, model }: Pick<NewModel, 'prompts' | 'family' | 'model'>) => {
  const isTools = grounds.tools?.places.some((place) => prompts[place]?.family === family) ?? false;
  const blind = isTools ? grounds.tools : (grounds.text[grounds.foldOf(model)] ?? null);
  const knowing = isTools ? grounds.toolsKnowing : grounds.textKnowing;
  return blind === null || knowing === null ? null : { blind, knowing };
};

const averageErrors = (all: readonly TableErrors[]): TableErrors => {
  const of = (method: TableMethod): number => all.reduce((sum, errors) => sum + errors[method], 0) / all.length;
  return {
    mean: of('mean'),
    betaBinomial: of('betaBinomial'),
    map: of('map'),
    mapAndCalls: of('mapAndCalls'),
    mapWithScore: of('mapWithScore'),
    mapKnowingTask: of('mapKnowingTask'),
  };
};

interface LabelledErrors {
  readonly labels: number;
  readonly errors: TableErrors;
}

/** Tables of one model for every number of labels that leaves half of its prompts, and every draw. */
const measureModel = (subject: NewModel, { seed, draws }: Pick<OnboardingOptions, 'seed' | 'draws'>) => {
  const scorePrior = publishedPrior(subject);
  const counts = LABEL_COUNTS.filter((count) => count <= subject.places.length / 2);
  return counts.flatMap((labels) =>
    Array.from({ length: labels === 0 ? 1 : draws }, (_, draw) =>
      measureTable(subject, { labels, scorePrior, random: createRandom(seed + draw) }),
    ).flatMap((errors): readonly LabelledErrors[] => (errors === null ? [] : [{ labels, errors }])),
  );
};

const measureFamilyTable = (options: OnboardingOptions, grounds: Grounds, family: string): readonly TableRow[] => {
  const { prompts, limitModels, report } = options;
  const answered = evenly([...toAnswered(prompts, family)], limitModels);
  const measured = answered.flatMap(([model, places], index) => {
    const ground = groundsFor(grounds, { prompts, family, model });
    if (ground === null) return [];
    const [blind, knowing] = [leaveOut(ground.blind, model), leaveOut(ground.knowing, model)];
    return measureModel(
      { prompts, family, model, places, blind, knowing },
      { ...options, seed: options.seed + index * SEED_STEP },
    );
  });
  report(`${family}: tables of ${answered.length} models`);
  return [...Map.groupBy(measured, ({ labels }) => labels)].map(([labels, rows]) => ({
    family,
    labels,
    models: answered.length,
    errors: averageErrors(rows.map(({ errors }) => errors)),
  }));
};

interface PoolMeasure {
  readonly family: string;
  readonly full: number;
  readonly few: readonly (number | null)[];
  readonly ideas: readonly (readonly (number | null)[])[];
}

const measureFamilyPools = (options: OnboardingOptions, grounds: Grounds, family: string): readonly PoolMeasure[] => {
  const { prompts, seed, draws, limitModels, report } = options;
  const answered = toAnswered(prompts, family);
  const ranked = rankModels(
    prompts,
    [...prompts.keys()].filter((place) => prompts[place]?.family === family),
  ).filter((model) => answered.has(model));
  const pools = ranked.flatMap((model) => toPool(ranked, model) ?? []);
  const measured: PoolMeasure[] = [];
  const halves = new Map<Ground, ReturnType<typeof toGrounds>>();
  for (const [index, members] of evenly(pools, limitModels).entries()) {
    const ground = groundsFor(grounds, { prompts, family, model: members.added })?.blind;
    if (ground === undefined) continue;
    const both = halves.get(ground) ?? toGrounds({ ...ground, prompts, family, seed });
    halves.set(ground, both);
    for (const half of both) {
      const own = { draws, seed: seed + index * SEED_STEP, start: ground.fit };
      measured.push({ family, ...measurePool(half, members, { ...own, labelCounts: LABEL_COUNTS }) });
    }
  }
  report(`${family}: ${measured.length / 2} pools`);
  return measured;
};

const POINTS = 100;

/** Ratio of means, since single pools gain next to nothing and their own ratios are noise. */
const toPoolRow = (family: string, labels: number, measured: readonly PoolMeasure[]): PoolRow | null => {
  const index = LABEL_COUNTS.indexOf(labels);
  const used = measured.flatMap(({ full, few, ideas }) => {
    const gain = few[index] ?? null;
    return gain === null ? [] : [{ full, gain, ideas: ideas.map((each) => each[index] ?? Number.NaN) }];
  });
  if (used.length === 0) return null;
  const full = used.reduce((sum, each) => sum + each.full, 0) / used.length;
  const gain = used.reduce((sum, each) => sum + each.gain, 0) / used.length;
  const toKept = (points: number): number | null => (full > 0 ? points / full : null);
  const ideas = Object.keys(POOL_IDEAS).map((_, idea) =>
    toKept(used.reduce((sum, each) => sum + (each.ideas[idea] ?? Number.NaN), 0) / used.length),
  );
  const kept = toKept(gain);
  return { family, labels, pools: used.length / 2, fullPoints: full * POINTS, points: gain * POINTS, kept, ideas };
};

const toPoolRows = (measured: readonly PoolMeasure[]): readonly PoolRow[] => {
  const families = [...Map.groupBy(measured, ({ family }) => family), ['all', measured] as const];
  return families.flatMap(([family, own]) => LABEL_COUNTS.flatMap((labels) => toPoolRow(family, labels, own) ?? []));
};

/** Deterministic for a seed. Sources without models of enough outcomes have no rows. */
export const measureOnboarding = (options: OnboardingOptions): OnboardingResult => {
  const grounds = toGroundsOfScales(options);
  const families = options.families.filter((family) => toAnswered(options.prompts, family).size >= MIN_FAMILY_MODELS);
  const table = families.flatMap((family) => measureFamilyTable(options, grounds, family));
  const measured = families.flatMap((family) => measureFamilyPools(options, grounds, family));
  const all = [...grounds.text, grounds.textKnowing, grounds.tools, grounds.toolsKnowing];
  return {
    prompts: options.prompts.length,
    table,
    pools: toPoolRows(measured),
    service: measureService(options),
    published: measurePublished(options.prompts),
    strengths: all.flatMap((ground) =>
      ground === null
        ? []
        : {
            scale: ground.name,
            components: ground.components.size,
            strata: ground.strata.cellOf.length,
            cellStrength: ground.fit.scale.cellStrength,
            isConverged: ground.fit.isConverged,
          },
    ),
  };
};
