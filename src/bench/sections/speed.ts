/** The section on speed: CPU time of one decision, from the prompt's text to the chosen candidate. */
import { availableParallelism, loadavg } from 'node:os';
import { join } from 'node:path';
import { toPromptFeatures } from '../../learn/example.ts';
import { mean, quantile } from '../../math/statistics.ts';
import { readPrompts } from '../../outcomes/read.ts';
import { createLearnedPolicy } from '../../policy/learned/policy.ts';
import { resolveObjective } from '../../policy/objective.ts';
import type { Policy } from '../../policy/policy.ts';
import type { ReportSection, SectionContext, SectionMaker } from '../section.ts';
import { renderMarkdownTable } from '../table.ts';
import { TIMING_CANDIDATES } from '../timing-pool.ts';

/** Characters of the prompt, how many decisions are timed, and the aims in milliseconds where there are any. */
const LENGTHS = [
  { characters: 400, decisions: 4_000, aims: { p50: 0.15, p99: 2 } },
  { characters: 100_000, decisions: 400, aims: null },
] as const;

/** The machine's compiler has seen the path by then. */
const WARM_UP = 500;

const objective = resolveObjective({ type: 'preset', name: 'balanced' }, { bandPoints: null, maxWaitMs: null });

const decide = (policy: Policy, prompt: string): number =>
  policy.decide({
    features: toPromptFeatures({ prompt, tools: [] }),
    candidates: TIMING_CANDIDATES,
    objective,
    preference: { effort: null, componentChosen: false },
    draw: 0,
  }).chosen;

/** Texts of exactly so many characters, each beginning with another prompt; prompts are repeated as often as needed. */
export const toTexts = (prompts: readonly string[], characters: number, count: number): readonly string[] =>
  Array.from({ length: count }, (_, first) => {
    let text = '';
    for (let at = first; text.length < characters; at += 1) text += `${prompts[at % prompts.length] ?? ''}\n`;
    return text.slice(0, characters);
  });

const MICROSECONDS_PER_MS = 1_000;

/** [texts] CPU milliseconds of the process, its compiler and collector included; what others do does not count. */
const timeDecisions = (policy: Policy, texts: readonly string[]): Float64Array =>
  Float64Array.from(texts, (text) => {
    const before = process.cpuUsage();
    decide(policy, text);
    const { user, system } = process.cpuUsage(before);
    return (user + system) / MICROSECONDS_PER_MS;
  });

export interface SpeedRow {
  readonly section: 'speed';
  readonly characters: number;
  readonly decisions: number;
  readonly candidates: number;
  readonly mean_ms: number;
  readonly p50_ms: number;
  readonly p99_ms: number;
  readonly aim_p50_ms: number | null;
  readonly aim_p99_ms: number | null;
  /** Null where there is no aim. */
  readonly met: boolean | null;
}

export const measureSpeed = (
  policy: Policy,
  prompts: readonly string[],
  {
    characters,
    decisions,
    aims,
  }: {
    readonly characters: number;
    readonly decisions: number;
    readonly aims: { readonly p50: number; readonly p99: number } | null;
  },
): SpeedRow => {
  const texts = toTexts(prompts, characters, Math.min(decisions, WARM_UP));
  for (const text of texts) decide(policy, text);
  const times = timeDecisions(
    policy,
    Array.from({ length: decisions }, (_, at) => texts[at % texts.length] ?? ''),
  );
  const [p50, p99] = [quantile(times, 0.5), quantile(times, 0.99)];
  return {
    section: 'speed',
    characters,
    decisions,
    candidates: TIMING_CANDIDATES.length,
    mean_ms: mean(times),
    p50_ms: p50,
    p99_ms: p99,
    aim_p50_ms: aims?.p50 ?? null,
    aim_p99_ms: aims?.p99 ?? null,
    met: aims === null ? null : p50 <= aims.p50 && p99 <= aims.p99,
  };
};

const milliseconds = (value: number | null): string => (value === null ? '–' : value.toFixed(3));

export const renderSpeed = (
  rows: readonly SpeedRow[],
  load: { readonly average: number; readonly cores: number },
): string =>
  [
    `CPU time of one decision: features of the text, predictions, and the choice among ${TIMING_CANDIDATES.length} candidates (8 components, 3 efforts each). Every text differs from the one before. The time is that of the whole process, compiler and garbage collector included.`,
    '',
    `Load average ${load.average.toFixed(1)} on ${load.cores} cores when it ran${load.average > load.cores / 2 ? ': the machine was busy, and shared caches make CPU times longer too' : ''}.`,
    '',
    renderMarkdownTable([
      ['characters', 'decisions', 'mean ms', 'p50 ms', 'p99 ms', 'aim p50 ms', 'aim p99 ms', 'met'],
      ...rows.map((row) => [
        String(row.characters),
        String(row.decisions),
        milliseconds(row.mean_ms),
        milliseconds(row.p50_ms),
        milliseconds(row.p99_ms),
        milliseconds(row.aim_p50_ms),
        milliseconds(row.aim_p99_ms),
        row.met === null ? '–' : row.met ? 'yes' : 'no',
      ]),
    ]),
  ].join('\n');

const make = async ({ data, shipped, report, signal }: SectionContext): Promise<ReportSection> => {
  const prompts: string[] = [];
  for await (const { routable } of readPrompts(join(data, 'bench')))
    if (typeof routable.prompt === 'string') prompts.push(routable.prompt);
  const policy = createLearnedPolicy({ artifact: shipped.artifact, artifactHash: shipped.hash });
  const load = { average: loadavg()[0] ?? 0, cores: availableParallelism() };
  const rows = LENGTHS.map((length) => {
    signal.throwIfAborted();
    report(`speed: ${length.characters} characters`);
    return measureSpeed(policy, prompts, length);
  });
  return { id: 'speed', title: 'Time of a decision', markdown: renderSpeed(rows, load), rows, figures: [] };
};

export const speedSection: SectionMaker = {
  id: 'speed',
  summary: 'CPU time of one decision among 24 candidates, for short and for very long prompts',
  make,
};
