/** Section of families left out with two tiers: the shipped recipe, trained without the family that it is scored on. */
import { trainArtifact } from '../../learn/train.ts';
import type { TierExample } from '../../learn/tier-targets.ts';
import { mean, standardDeviation } from '../../math/statistics.ts';
import { fixedPolicy } from '../baselines.ts';
import { loadBenchPool, type BenchPool } from '../bench-pool.ts';
import { takeBreath } from '../breath.ts';
import { createCalibration } from '../calibration-error.ts';
import { createTypeTable } from '../category-table.ts';
import { renderFamilyRows, type FamilyRow } from '../family-table.ts';
import { PERCENT, POINTS, toFixedText, toIntervalText } from '../interval-text.ts';
import { toMacroRow, type MacroRow } from '../macro-share.ts';
import type { SectionContext, SectionMaker } from '../section.ts';
import { renderMarkdownTable } from '../table.ts';
import { chooseTier, FIXED_PRICES, withoutGuard, type TierChoice } from '../tier-choice.ts';

const SET = 'mix-fast-thinking';
/** Prompts of each data set: every family is another training of the shipped recipe. */
const LIMIT = 300;
const SEED = 1;

/** Collections whose data sets have one manner and one judge, so that no part of them is unseen beside the others. */
const COLLECTIONS: ReadonlySet<string> = new Set(['mmlu_pro', 'paretobandit']);

const toWideFamilies = (pool: BenchPool): BenchPool => ({
  ...pool,
  families: pool.families.map((family, prompt) => {
    const source = pool.sources[prompt] ?? '';
    return COLLECTIONS.has(source) ? source : family;
  }),
});

/** By policy, [prompts] the probability of a thinking call, each prompt judged without its family. */
type Assigned = ReadonlyMap<string, Float64Array>;

const toExamples = ({ matrix, features, sources, families }: BenchPool): readonly TierExample[] =>
  features.map((each, prompt) => ({
    example: {
      source: sources[prompt] ?? '',
      task: families[prompt] ?? '',
      promptId: String(prompt),
      group: matrix.groups[prompt] ?? '',
      features: each,
      outcomes: new Map(),
    },
    scores: [matrix.scores[0]?.[prompt] ?? Number.NaN, matrix.scores[1]?.[prompt] ?? Number.NaN],
    fastTokens: null,
  }));

const isWorth = (gain: number): boolean => FIXED_PRICES.usdPerSuccess * gain > FIXED_PRICES.extraUsd;

interface Fold {
  readonly family: string;
  readonly training: Int32Array;
  readonly heldOut: Int32Array;
}

/** Near-duplicates of the family leave the training with it. */
const toFold = ({ matrix, families }: BenchPool, family: string): Fold => {
  const prompts = Int32Array.from(families.keys());
  const heldOut = prompts.filter((prompt) => families[prompt] === family);
  const groups = new Set(Array.from(heldOut, (prompt) => matrix.groups[prompt]));
  return { family, heldOut, training: prompts.filter((prompt) => !groups.has(matrix.groups[prompt])) };
};

/** Without the learned part: one tier for all, or for each type, whichever was worth its price on the other families. */
const assignTables = (pool: BenchPool, { training, heldOut }: Fold) => {
  const scores = pool.matrix.scores.map((column) => Float64Array.from(training, (prompt) => column[prompt] ?? 0));
  const [fast = 0, thinking = 0] = scores.map((column) => mean(column));
  const table = createTypeTable(pool.types).make({ prompts: training, scores, costs: [] }, heldOut);
  return {
    'transported-static': Array.from(heldOut, () => isWorth(thinking - fast)),
    'transported-type-table': Array.from(heldOut, (_, row) => isWorth((table[1]?.[row] ?? 0) - (table[0]?.[row] ?? 0))),
  };
};

/** Gains of the families of training, each as a whole: how far apart they are says how far off the next one may be. */
const familyGains = ({ matrix: { scores }, families }: BenchPool, { training }: Fold): readonly number[] => {
  const meanOf = (column: Float64Array | undefined, prompts: readonly number[]): number =>
    mean(Float64Array.from(prompts, (prompt) => column?.[prompt] ?? Number.NaN));
  return [...Map.groupBy(training, (prompt) => families[prompt] ?? '').values()].map(
    (prompts) => meanOf(scores[1], prompts) - meanOf(scores[0], prompts),
  );
};

interface Question {
  readonly guarded: TierChoice;
  readonly byType: TierChoice;
  readonly isStaticThinking: boolean;
  readonly gains: readonly number[];
}

const gainOf = ({ fast, thinking }: TierChoice): number => thinking - fast;

/** Ideas for the aim that no family may lose to the transported static; each was written down before it was scored. */
const assignIdeas = ({ guarded, byType, isStaticThinking, gains }: Question): Readonly<Record<string, boolean>> => {
  const spread = standardDeviation(gains);
  const isKnown = guarded.ground !== 'unfamiliar';
  return {
    'idea: static where unfamiliar': isKnown ? guarded.isThinking : isStaticThinking,
    'idea: prior gain + half the spread of families': isKnown
      ? guarded.isThinking
      : isWorth(gainOf(byType) + spread / 2),
    'idea: every gain + half the spread of families': isWorth(gainOf(guarded) + spread / 2),
    'idea: every gain + the whole spread': isWorth(gainOf(guarded) + spread),
    'idea: at least the smallest family gain': isWorth(Math.max(gainOf(guarded), Math.min(...gains))),
  };
};

const trainWithout = (examples: readonly TierExample[], { training }: Fold) =>
  trainArtifact(
    Array.from(training, (prompt) => examples[prompt]).filter((example) => example !== undefined),
    { name: 'left-out', seed: SEED },
  );

interface LeftOut {
  readonly assigned: Assigned;
  /** [prompts] What the guarded artifact said. */
  readonly choices: readonly TierChoice[];
}

const runFamilies = async (pool: BenchPool, context: SectionContext): Promise<LeftOut> => {
  const examples = toExamples(pool);
  const assigned = new Map<string, Float64Array>();
  const choices: TierChoice[] = [];
  const set = (policy: string, prompt: number, isThinking: boolean): void => {
    const column = assigned.get(policy) ?? new Float64Array(pool.families.length);
    column[prompt] = isThinking ? 1 : 0;
    assigned.set(policy, column);
  };
  for (const family of new Set(pool.families)) {
    await takeBreath(context.signal);
    const fold = toFold(pool, family);
    const artifact = trainWithout(examples, fold);
    const everywhere = withoutGuard(artifact);
    const tables = assignTables(pool, fold);
    const gains = familyGains(pool, fold);
    for (const [row, prompt] of fold.heldOut.entries()) {
      const features = pool.features[prompt];
      if (features === undefined) throw new RangeError(`prompt ${prompt} of ${pool.features.length}`);
      for (const [policy, isThinking] of Object.entries(tables)) set(policy, prompt, isThinking[row] ?? false);
      const [guarded, byType] = [chooseTier(artifact, features), chooseTier(null, features)];
      const isStaticThinking = tables['transported-static'][row] ?? false;
      choices[prompt] = guarded;
      set('type-prior', prompt, byType.isThinking);
      set('learned-everywhere', prompt, chooseTier(everywhere, features).isThinking);
      set('guard-and-type', prompt, guarded.isThinking);
      const ideas = assignIdeas({ guarded, byType, isStaticThinking, gains });
      for (const [policy, isThinking] of Object.entries(ideas)) set(policy, prompt, isThinking);
    }
    context.report(`  ${SET}: trained without ${family}, scored on its ${fold.heldOut.length} prompts`);
  }
  return { assigned, choices };
};

const HUNDRED = 100;

const toFamilyRows = (pool: BenchPool, { assigned }: LeftOut): readonly FamilyRow[] => {
  const [fast, thinking] = pool.matrix.scores;
  const qualityOf = (column: Float64Array, prompts: Int32Array): number =>
    mean(
      Float64Array.from(prompts, (prompt) => {
        const part = column[prompt] ?? 0;
        return (1 - part) * (fast?.[prompt] ?? 0) + part * (thinking?.[prompt] ?? 0);
      }),
    );
  return [...new Set(pool.families)].flatMap((family) => {
    const prompts = Int32Array.from(pool.families.keys()).filter((prompt) => pool.families[prompt] === family);
    const meanOf = (column: Float64Array | undefined): number =>
      mean(Float64Array.from(prompts, (prompt) => column?.[prompt] ?? Number.NaN));
    const transported = qualityOf(assigned.get('transported-static') ?? new Float64Array(), prompts);
    return [...assigned].map(([policy, column]) => {
      const share = meanOf(column);
      const quality = qualityOf(column, prompts);
      return {
        set: SET,
        family,
        policy,
        points_over_transported: (quality - transported) * HUNDRED,
        points_over_hull: (quality - (1 - share) * meanOf(fast) - share * meanOf(thinking)) * HUNDRED,
        thinking_share: share,
        n: prompts.length,
      };
    });
  });
};

interface BalancedRow extends MacroRow {
  readonly set: string;
  readonly balanced_policy: string;
  readonly thinking_share: number;
}

/** Every family weighing the same; intervals resample families. */
const toBalancedRows = (pool: BenchPool, { assigned }: LeftOut, resamples: number): readonly BalancedRow[] =>
  [...assigned].map(([policy, thinking]) => ({
    set: SET,
    balanced_policy: policy,
    thinking_share: mean(thinking),
    ...toMacroRow({
      matrix: { ...pool.matrix, groups: pool.families },
      subject: fixedPolicy(policy, thinking),
      sources: pool.families,
      seed: SEED,
      resamples,
    }),
  }));

const renderBalancedRows = (rows: readonly BalancedRow[]): string =>
  renderMarkdownTable([
    ['policy', 'HC %', 'length rule at the same share: HC %', 'points over always thinking', 'thinking %'],
    ...rows.map((row) => [
      row.balanced_policy,
      toIntervalText(row.headroom, PERCENT),
      toIntervalText(row.length_headroom, PERCENT),
      toIntervalText(row.gain_over_thinking_points, POINTS),
      toFixedText(row.thinking_share * HUNDRED, 1),
    ]),
  ]);

/** Calibration of the chances themselves, where the guard let them be said. */
const toAnsweredRows = (pool: BenchPool, { choices }: LeftOut) =>
  (['fast', 'thinking'] as const).map((tier, column) => {
    const observed = pool.matrix.scores[column] ?? new Float64Array();
    const predicted = Float64Array.from(choices, (choice) =>
      choice.ground === 'unfamiliar' ? Number.NaN : choice[tier],
    );
    const measured = createCalibration({ predicted, observed })(new Float64Array(observed.length).fill(1));
    return { set: SET, component: tier, protocol: 'family-out', ...measured };
  });

export const twoTiersSection: SectionMaker = {
  id: 'families-two-tiers',
  summary: `the shipped recipe on ${SET}, trained without the family that it is scored on`,
  make: async (context) => {
    const pool = toWideFamilies(
      await loadBenchPool({ data: context.data, set: SET, folders: ['train'], cap: { limit: LIMIT, seed: SEED } }),
    );
    const leftOut = await runFamilies(pool, context);
    const familyRows = toFamilyRows(pool, leftOut);
    const balanced = toBalancedRows(pool, leftOut, context.resamples);
    const answered = toAnsweredRows(pool, leftOut);
    return {
      id: 'families-two-tiers',
      title: 'Families left out: fast and thinking',
      markdown: [
        `Protocol: family-out, ${pool.matrix.groups.length} prompts of \`train\` in ${new Set(pool.families).size} ` +
          `families, at most ${LIMIT} of each data set. The recipe that ships is trained on all families but one, ` +
          'without near-duplicates of that one, and decides there at the prices of the section on the shipped default. ' +
          '`guard-and-type` is that recipe; `transported-static` the tier that was worth its price on the other families ' +
          '(thinking for all, each time). Ideas know the training families alone: the spread is the standard deviation of ' +
          'their gains. None ships: a router that never leaves the dear tier loses nothing to it and saves nothing.',
        "By family, points over the transported static choice / over a random choice at the policy's own share:",
        renderFamilyRows(familyRows),
        'All families together, each weighing the same; intervals resample families:',
        renderBalancedRows(balanced),
        'Calibration on the prompts of left-out families that the guard let through:',
        renderMarkdownTable([
          ['tier', 'debiased ECE', 'AUROC', 'answered %'],
          ...answered.map(({ component, ece, auroc, answeredShare }) => [
            component,
            toFixedText(ece, 3),
            toFixedText(auroc, 3),
            toFixedText(answeredShare * HUNDRED, 1),
          ]),
        ]),
      ].join('\n\n'),
      rows: [...familyRows, ...balanced, ...answered],
      figures: [],
    };
  },
};
