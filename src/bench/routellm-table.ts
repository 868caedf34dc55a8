/** A table of one protocol: APGR and CPT of every router, with paired intervals against the longest-first rule. */
import { groupBootstrap } from '../math/bootstrap.ts';
import { createRandom } from '../math/random.ts';
import { mean, type Interval } from '../math/statistics.ts';
import type { ComponentPair } from './matrix.ts';
import type { Keys } from './routellm-keys.ts';
import { renderMarkdownTable, renderRange } from './table.ts';
import { createTwoModel, CPT_TARGETS, type TwoModelResult } from './two-model.ts';

export interface ProtocolInputs {
  readonly benchmark: string;
  readonly protocol: string;
  readonly pair: ComponentPair;
  /** Drawn together in resamples. */
  readonly groups: readonly string[];
  /** One for each seed, all with the same routers. */
  readonly runs: readonly Keys[];
  /** Aim for the APGR of each router that has one. */
  readonly aims: Readonly<Record<string, number>>;
  /** Routers that `learned` is paired with. */
  readonly against: readonly string[];
  readonly resamples: number;
}

export interface ProtocolRow {
  readonly section: 'routellm';
  readonly benchmark: string;
  readonly protocol: string;
  readonly router: string;
  /** By the 11 thresholds of the published program. */
  readonly apgr: Interval | null;
  /** By every threshold. */
  readonly apgr_fine: Interval | null;
  /** Shares of strong calls at 20, 50 and 80 % of the gap, fine curve. */
  readonly cpt: readonly number[];
  readonly aim: number | null;
  /** APGR (fine) less that of each router it is paired with. */
  readonly differences: Readonly<Record<string, Interval | null>>;
  readonly n: number;
  readonly seeds: number;
}

const SUBJECT = 'learned';

export const toProtocolRows = (inputs: ProtocolInputs): readonly ProtocolRow[] => {
  const { pair, groups, runs, aims, against, resamples } = inputs;
  const routers = Object.keys(runs[0] ?? {});
  const measures = routers.map((router) =>
    runs.map((keys) => createTwoModel(pair, keys[router] ?? new Float64Array(pair.size))),
  );
  const fineOf = (results: readonly TwoModelResult[]): number => mean(results.map(({ fine }) => fine.apgr));
  const paired = against.filter((router) => routers.includes(router));
  const measure = (weights: Float64Array): readonly number[] => {
    const results = measures.map((each) => each.map((run) => run(weights)));
    const fine = results.map(fineOf);
    const own = fine[routers.indexOf(SUBJECT)] ?? Number.NaN;
    return [
      ...results.map((each) => mean(each.map(({ protocol }) => protocol.apgr))),
      ...fine,
      ...paired.map((router) => own - (fine[routers.indexOf(router)] ?? Number.NaN)),
    ];
  };
  const intervals = groupBootstrap({ groups, random: createRandom(1), resamples, measure });
  const ones = new Float64Array(pair.size).fill(1);
  return routers.map((router, at) => {
    const whole = (measures[at] ?? []).map((run) => run(ones));
    const differences = paired.map((other, index) => [other, intervals[2 * routers.length + index] ?? null] as const);
    return {
      section: 'routellm',
      benchmark: inputs.benchmark,
      protocol: inputs.protocol,
      router,
      apgr: intervals[at] ?? null,
      apgr_fine: intervals[routers.length + at] ?? null,
      cpt: CPT_TARGETS.map((_, target) => mean(whole.map(({ fine }) => fine.cpt[target] ?? Number.NaN))),
      aim: aims[router] ?? null,
      differences: router === SUBJECT ? Object.fromEntries(differences) : {},
      n: pair.size,
      seeds: runs.length,
    };
  });
};

const PLACES = 3;
const share = (value: number): string => (value * 100).toFixed(0);

export const renderProtocol = (rows: readonly ProtocolRow[]): string => {
  const differences = rows.flatMap((row) => Object.entries(row.differences));
  return [
    renderMarkdownTable([
      ['router', 'APGR (11 points)', 'APGR (every threshold)', 'CPT 20 / 50 / 80 %', 'aim'],
      ...rows.map((row) => [
        row.router,
        renderRange(row.apgr),
        renderRange(row.apgr_fine),
        row.cpt.map(share).join(' / '),
        row.aim === null ? '–' : row.aim.toFixed(PLACES),
      ]),
    ]),
    ...(differences.length === 0
      ? []
      : [
          '',
          `Paired, \`learned\` less: ${differences.map(([name, value]) => `${name} ${renderRange(value)}`).join('; ')}.`,
        ]),
  ].join('\n');
};
