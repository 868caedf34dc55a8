/** The section on RouteLLM's protocol: a strong and a weak model on MMLU and GSM8K, by what a router was shown. */
import { join } from 'node:path';
import { loadRouteLlmRows, type RouteLlmBenchmark, type RouteLlmRow } from '../../outcomes/routellm.ts';
import { createOverlap, loadAuxiliaryRows, type AuxiliaryRow } from '../auxiliary-data.ts';
import { fitAuxiliaryColumns } from '../auxiliary-heads.ts';
import { withColumns } from '../gain-predictor.ts';
import { baselineKeys } from '../routellm-baselines.ts';
import { crossFitKeys, transferKeys, type KeyOptions, type Keys } from '../routellm-keys.ts';
import { toRouteLlmSet, toStrongWeakPair, type PromptTable, type RouteLlmSet } from '../routellm-set.ts';
import { renderProtocol, toProtocolRows, type ProtocolInputs, type ProtocolRow } from '../routellm-table.ts';
import type { ReportSection, SectionContext, SectionMaker } from '../section.ts';

/** Labels of the small-data protocol. */
const LABELS = 1_500;

/** Of the whole MMLU set; a figure that was seen with other code, not half of the square root of 2. */
const AUXILIARY_AIM = 707 / 1_000;

interface Plan {
  readonly protocol: string;
  readonly auxiliary: boolean;
  readonly subjectsOut: boolean;
  readonly labels: number | null;
  readonly aims: Readonly<Record<string, number>>;
}

const PLANS: Readonly<Record<RouteLlmBenchmark, readonly Plan[]>> = {
  mmlu: [
    { protocol: 'own rows, 5 folds', auxiliary: false, subjectsOut: false, labels: null, aims: { learned: 0.7 } },
    { protocol: 'auxiliary data', auxiliary: true, subjectsOut: false, labels: null, aims: { learned: AUXILIARY_AIM } },
    {
      protocol: `${LABELS} labels`,
      auxiliary: false,
      subjectsOut: false,
      labels: LABELS,
      aims: { learned: 0.655 },
    },
    {
      protocol: `${LABELS} labels, auxiliary data`,
      auxiliary: true,
      subjectsOut: false,
      labels: LABELS,
      aims: { learned: 0.665 },
    },
    { protocol: 'subjects left out', auxiliary: false, subjectsOut: true, labels: null, aims: { learned: 0.655 } },
    {
      protocol: 'subjects left out, auxiliary data',
      auxiliary: true,
      subjectsOut: true,
      labels: null,
      aims: { learned: 0.675 },
    },
  ],
  gsm8k: [
    { protocol: 'own rows, 5 folds', auxiliary: false, subjectsOut: false, labels: null, aims: { learned: 0.638 } },
  ],
};

/** A subject and all that shares a question with it: a copy under another subject would be trained on. */
export const toSubjectUnits = ({ subjects, groups }: Pick<RouteLlmSet, 'subjects' | 'groups'>): readonly string[] => {
  const firstOf = new Map<string, string>();
  return groups.map((group, prompt) => {
    const subject = firstOf.get(group) ?? subjects[prompt] ?? '';
    firstOf.set(group, subject);
    return subject;
  });
};

interface Bench {
  readonly benchmark: RouteLlmBenchmark;
  readonly set: RouteLlmSet;
  /** With the columns of auxiliary heads. */
  readonly wider: PromptTable;
}

export const toBench = (
  benchmark: RouteLlmBenchmark,
  rows: readonly RouteLlmRow[],
  auxiliary: readonly AuxiliaryRow[],
): Bench => {
  const set = toRouteLlmSet(
    rows.filter((row) => row.benchmark === benchmark),
    { prompts: auxiliary.map(({ prompt }) => prompt), sources: auxiliary.map(({ source }) => source) },
  );
  return { benchmark, set, wider: withColumns(set, fitAuxiliaryColumns(set, auxiliary)) };
};

type Settings = Pick<SectionContext, 'seeds' | 'resamples' | 'signal' | 'report'>;

const toInputs = ({ benchmark, set, wider }: Bench, plan: Plan, settings: Settings): ProtocolInputs => {
  const { seeds, resamples, signal, report } = settings;
  const units = plan.subjectsOut ? toSubjectUnits(set) : set.groups;
  const runs = seeds.map((seed): Keys => {
    report(`routellm: ${benchmark}, ${plan.protocol}, seed ${seed}`);
    const options: KeyOptions = { set, seed, units, labels: plan.labels, table: plan.auxiliary ? wider : set, signal };
    return { ...crossFitKeys(options), ...baselineKeys(set, units, seed) };
  });
  return {
    benchmark,
    protocol: plan.protocol,
    pair: toStrongWeakPair(set),
    groups: units,
    runs,
    aims: plan.aims,
    against: ['prompt length', 'length, fitted', 'words only'],
    resamples,
  };
};

const toTransfer = (
  rows: readonly RouteLlmRow[],
  [from, to]: readonly [RouteLlmBenchmark, RouteLlmBenchmark],
  { seeds, resamples, report }: Settings,
): { readonly inputs: ProtocolInputs; readonly familiarShare: number } => {
  const target = rows.filter((row) => row.benchmark === to);
  const set = toRouteLlmSet(
    rows.filter((row) => row.benchmark === from),
    { prompts: target.map(({ prompt }) => prompt), sources: target.map(({ benchmark }) => benchmark) },
  );
  const asked = Uint32Array.from({ length: target.length }, (_, at) => set.size + at);
  const made = seeds.slice(0, 1).map((seed) => {
    report(`routellm: ${from} to ${to}, seed ${seed}`);
    return transferKeys(set, asked, seed);
  });
  const weak = Float64Array.from(target, (row) => row.weak);
  const strong = Float64Array.from(target, (row) => row.strong);
  const pair = toStrongWeakPair({ ...set, size: target.length, weak, strong });
  return {
    inputs: {
      benchmark: to,
      protocol: `no label: trained on ${from}`,
      pair,
      groups: target.map(({ group }) => group),
      runs: made.map(({ keys }) => keys),
      aims: {},
      against: ['prompt length', 'always learned'],
      resamples,
    },
    familiarShare: made[0]?.familiarShare ?? 0,
  };
};

const INTRODUCTION = [
  'Weak: mixtral-8x7b; strong: gpt-4-1106. A router orders prompts by P(strong is right) − P(weak is right); APGR is the area under the recovered gap over the share of strong calls, CPT the share at which 20, 50 and 80 % of the gap are recovered. Questions that share a stem stay in one fold and are drawn together; where subjects are left out, subjects are. Each protocol has a table of its own, because figures from different ones cannot be compared.',
  '',
  'Published routers reach at most .603 on MMLU and .622 on GSM8K (Ong and others 2024). Their protocol differs: they were trained on chat preferences, with about 1,500 labelled questions of another split or with judged data, and not cross-fitted on the rows they were scored on.',
  '',
  '`learned` is the unweighted sum of four predicted gains: word heads for each model; word heads for "only the strong one is right" and "only the weak one is right"; boosted trees on structure for each model; boosted trees on the gain. What else was tried stands below it: each part alone, a ridge regression on the gain, and only words and trees. In the tables with auxiliary data the trees also read what heads, trained on other models and other questions, expect. Clusters of prompts are not among the parts here.',
].join('\n');

const heading = ({ benchmark, protocol }: Pick<ProtocolInputs, 'benchmark' | 'protocol'>): string =>
  `### ${benchmark === 'mmlu' ? 'MMLU' : 'GSM8K'}: ${protocol}`;

export const measureRouteLlm = (
  rows: readonly RouteLlmRow[],
  auxiliary: readonly AuxiliaryRow[],
  settings: Settings,
): { readonly markdown: string; readonly rows: readonly ProtocolRow[] } => {
  const parts: string[] = [
    INTRODUCTION,
    `Auxiliary questions, none of which stands in the protocol: ${auxiliary.length}.`,
  ];
  const all: ProtocolRow[] = [];
  const add = (inputs: ProtocolInputs, note: string): void => {
    const made = toProtocolRows(inputs);
    all.push(...made);
    parts.push(heading(inputs), `n = ${inputs.pair.size}, seeds: ${inputs.runs.length}.${note}`, renderProtocol(made));
  };
  for (const benchmark of ['mmlu', 'gsm8k'] as const) {
    const bench = toBench(benchmark, rows, auxiliary);
    for (const plan of PLANS[benchmark]) add(toInputs(bench, plan, settings), '');
  }
  for (const direction of [
    ['mmlu', 'gsm8k'],
    ['gsm8k', 'mmlu'],
  ] as const) {
    const { inputs, familiarShare } = toTransfer(rows, direction, settings);
    const share = (familiarShare * 100).toFixed(1);
    add(inputs, ` ${share} % of the prompts are known ground; on the others \`learned\` abstains to the length rule.`);
  }
  return { markdown: parts.join('\n\n'), rows: all };
};

const make = async (context: SectionContext): Promise<ReportSection> => {
  const { data, report } = context;
  const rows = await loadRouteLlmRows(join(data, 'protocols', 'routellm'));
  report(`routellm: ${rows.length} rows`);
  const auxiliary = await loadAuxiliaryRows(join(data, 'train'), createOverlap(rows));
  const measured = measureRouteLlm(rows, auxiliary, context);
  return { id: 'routellm', title: "RouteLLM's protocol: a strong and a weak model", ...measured, figures: [] };
};

export const routeLlmSection: SectionMaker = {
  id: 'routellm',
  summary: "a strong and a weak model by RouteLLM's protocol, on MMLU and GSM8K",
  make,
};
