/** Section of thickness: what each layer of the router adds on the set of fast and thinking models, and what it takes. */
import type { RouterArtifact } from '../../policy/learned/artifact.ts';
import { fixedPolicy } from '../baselines.ts';
import { loadBenchPool, type BenchPool } from '../bench-pool.ts';
import { PER_THOUSAND, PERCENT, POINTS, toFixedText, toIntervalText } from '../interval-text.ts';
import { toBenchRows, type BenchRow } from '../result.ts';
import type { SectionMaker } from '../section.ts';
import { renderMarkdownTable } from '../table.ts';
import { chooseTier, withoutGuard } from '../tier-choice.ts';
import { SHIPPED_SET } from './shipped.ts';

/** Types whose prior gain is large: what a table of types without complexity sends to thinking. */
const THINKING_TYPES: ReadonlySet<string> = new Set(['mathematics', 'code', 'logic', 'planning', 'agentic_tools']);

interface Layer {
  readonly name: string;
  readonly isThinking: (prompt: number) => boolean;
}

const toLayers = (pool: BenchPool, artifact: RouterArtifact): readonly Layer[] => {
  const everywhere = withoutGuard(artifact);
  const decide = (own: RouterArtifact | null) => (prompt: number) => {
    const features = pool.features[prompt];
    if (features === undefined) throw new RangeError(`prompt ${prompt} of ${pool.features.length}`);
    return chooseTier(own, features).isThinking;
  };
  return [
    { name: 'none: always fast', isThinking: () => false },
    { name: 'none: always thinking', isThinking: () => true },
    { name: 'table of types', isThinking: (prompt) => THINKING_TYPES.has(pool.types[prompt] ?? '') },
    { name: 'rules: types and complexity', isThinking: decide(null) },
    { name: 'learned, no guard', isThinking: decide(everywhere) },
    { name: 'shipped: learned with guard', isThinking: decide(artifact) },
  ];
};

export interface ThicknessRow extends BenchRow {
  /** USD of cost over always fast for every task solved beyond it; null where none is. */
  readonly usd_per_extra_solved: number | null;
  /** CPU time of one decision beside that of features, means over the set. */
  readonly decision_us: number;
}

const MICROSECONDS = 1e6;
const PASSES = 3;

/** Microseconds of CPU for one choice: the least of three passes, so that a garbage collection does not count. */
const timeLayer = ({ isThinking }: Layer, size: number): { thinking: Float64Array; microseconds: number } => {
  let thinking = new Float64Array(size);
  let least = Number.POSITIVE_INFINITY;
  for (let pass = 0; pass < PASSES; pass += 1) {
    const start = process.cpuUsage();
    thinking = Float64Array.from({ length: size }, (_, prompt) => (isThinking(prompt) ? 1 : 0));
    const { user, system } = process.cpuUsage(start);
    least = Math.min(least, user + system);
  }
  return { thinking, microseconds: least / size };
};

const toRows = (pool: BenchPool, artifact: RouterArtifact, resamples: number): readonly ThicknessRow[] => {
  let cheapest: BenchRow | null = null;
  return toLayers(pool, artifact).map((layer) => {
    const { thinking, microseconds } = timeLayer(layer, pool.features.length);
    const row = toBenchRows({
      matrix: pool.matrix,
      subject: fixedPolicy(layer.name, thinking),
      seed: 1,
      resamples,
    }).at(-1);
    if (row === undefined) throw new RangeError('a row needs at least one prompt');
    cheapest ??= row;
    const solved = row.quality.value - cheapest.quality.value;
    const extra = row.cost_usd.value - cheapest.cost_usd.value;
    return {
      ...row,
      usd_per_extra_solved: solved > 1 / MICROSECONDS ? extra / solved : null,
      decision_us: microseconds,
    };
  });
};

export const thicknessSection: SectionMaker = {
  id: 'thickness',
  summary: 'what each layer of the router adds, and the time that it takes',
  make: async ({ data, shipped, resamples }) => {
    const pool = await loadBenchPool({ data, set: SHIPPED_SET, folders: ['bench'] });
    const rows = toRows(pool, shipped.artifact, resamples);
    return {
      id: 'thickness',
      title: 'How thick a router must be',
      markdown: [
        `${pool.matrix.groups.length} prompts of ${SHIPPED_SET} in \`bench\`, at the prices of the section on the ` +
          'shipped default. The table of types knows a type and its prior gain; rules add complexity; the learned ' +
          'layer adds words. Decision time is CPU beside feature extraction, on a machine that did other work too.',
        renderMarkdownTable([
          [
            'layer',
            'quality %',
            'USD per 1,000',
            'USD per extra solved task',
            'HC %',
            'points over always thinking',
            'decision µs',
          ],
          ...rows.map((row) => [
            row.policy,
            toIntervalText(row.quality, PERCENT),
            toIntervalText(row.cost_usd, PER_THOUSAND),
            toFixedText(row.usd_per_extra_solved ?? Number.NaN, 3),
            toIntervalText(row.headroom, PERCENT),
            toIntervalText(row.gain_over_thinking_points, POINTS),
            toFixedText(row.decision_us, 1),
          ]),
        ]),
      ].join('\n\n'),
      rows,
      figures: [],
    };
  },
};
