/** Section of the shipped artifact: what the default router does on prompts that it was not trained on. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { OutcomePrompt } from '../../outcomes/prompt.ts';
import { readPrompts } from '../../outcomes/read.ts';
import { loadBenchPool } from '../bench-pool.ts';
import { renderGroundRows, toGroundRows, type GroundRow } from '../ground-shares.ts';
import { PER_THOUSAND, PERCENT, POINTS, toFixedText, toIntervalText } from '../interval-text.ts';
import { toOfflineRows, type OfflineRow } from '../offline.ts';
import type { SectionContext, SectionMaker } from '../section.ts';
import { renderMarkdownTable } from '../table.ts';
import { FIXED_PRICES } from '../tier-choice.ts';

export const SHIPPED_SET = 'mix-fast-thinking';

const percent = (share: number | null): string => toFixedText((share ?? Number.NaN) * 100, 1);

const renderOfflineRows = (rows: readonly OfflineRow[], first: (row: OfflineRow) => string): string =>
  renderMarkdownTable([
    [
      'policy',
      'HC %',
      'HC %, sources equal',
      'length rule at the same share: HC %',
      'the same, sources equal',
      'points over always thinking',
      'the same, sources equal',
      'quality %',
      'USD per 1,000',
      'thinking %',
      'known / torn / unfamiliar %',
      'n',
    ],
    ...rows.map((row) => [
      first(row),
      toIntervalText(row.plain.headroom, PERCENT),
      toIntervalText(row.macro?.headroom ?? null, PERCENT),
      toIntervalText(row.plain.length_headroom, PERCENT),
      toIntervalText(row.macro?.length_headroom ?? null, PERCENT),
      toIntervalText(row.plain.gain_over_thinking_points, POINTS),
      toIntervalText(row.macro?.gain_over_thinking_points ?? null, POINTS),
      toIntervalText(row.quality, PERCENT),
      toIntervalText(row.cost_usd, PER_THOUSAND),
      percent(Object.values(row.share).at(-1) ?? null),
      [row.known_share, row.torn_share, row.unfamiliar_share].map(percent).join(' / '),
      String(row.n),
    ]),
  ]);

/** Prompts of real users: a folder of prompts without outcomes, and the instructions of alpaca_eval. */
const loadEveryday = async (data: string): Promise<readonly OutcomePrompt[]> => {
  const prompts: OutcomePrompt[] = [];
  const folder = join(data, 'prompts-only');
  if (existsSync(folder)) for await (const prompt of readPrompts(folder)) prompts.push(prompt);
  for await (const prompt of readPrompts(join(data, 'bench')))
    if (prompt.source === 'alpaca_eval') prompts.push(prompt);
  return prompts;
};

export interface OfflineReport {
  readonly rows: readonly OfflineRow[];
  readonly everyday: readonly GroundRow[];
  readonly markdown: string;
}

/** What `bench offline` prints and the section of the shipped artifact holds. */
export const measureOffline = async (
  context: Pick<SectionContext, 'data' | 'resamples' | 'shipped'>,
): Promise<OfflineReport> => {
  const { data, resamples, shipped } = context;
  const pool = await loadBenchPool({ data, set: SHIPPED_SET, folders: ['bench'] });
  const rows = toOfflineRows({ pool, artifact: shipped.artifact, resamples });
  const everyday = toGroundRows(await loadEveryday(data), shipped.artifact);
  const { usdPerSuccess, extraUsd } = FIXED_PRICES;
  const markdown = [
    `Artifact \`${shipped.artifact.name}@${shipped.hash.slice(0, 7)}\` on ${pool.matrix.groups.length} prompts of ` +
      `${SHIPPED_SET} that stand in \`bench\`; it was trained on \`train\` alone and no setting was chosen here. A ` +
      `prompt goes to thinking where USD ${usdPerSuccess} times the predicted gain exceeds USD ${extraUsd}, or falls ` +
      'short of it by less than its uncertainty; waiting is free here. HC is the share of the distance from a random ' +
      "choice to the oracle, both at the policy's own share of thinking calls. `type-prior` is what the rules decide " +
      'at these prices; `learned-everywhere` is the artifact without its guard of known ground.',
    renderOfflineRows(
      rows.filter(({ slice }) => slice === 'all'),
      ({ policy }) => policy,
    ),
    'The shipped policy by source; a dash where its share is 0 or 1, or where the oracle is less than a point ahead:',
    renderOfflineRows(
      rows.filter(({ slice }) => slice !== 'all'),
      ({ slice }) => slice,
    ),
    'Prompts like those of real users, of which no outcome of a thinking model is known:',
    renderGroundRows(everyday),
  ].join('\n\n');
  return { rows, everyday, markdown };
};

export const shippedSection: SectionMaker = {
  id: 'shipped',
  summary: 'the shipped artifact on prompts that it never saw',
  make: async (context) => {
    const { rows, everyday, markdown } = await measureOffline(context);
    return { id: 'shipped', title: 'The shipped default', markdown, rows: [...rows, ...everyday], figures: [] };
  },
};
