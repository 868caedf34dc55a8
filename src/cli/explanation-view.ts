/** An explanation laid out for people: the choice first, then why, then everything else that was considered. */
import type { Explanation } from './explanation-schema.ts';
import { alignRows } from './table.ts';

const usd = (value: number | null): string => (value === null ? 'unknown' : `$${value.toFixed(6)}`);

const seconds = (milliseconds: number | null): string =>
  milliseconds === null ? '' : milliseconds < 1_000 ? `${milliseconds} ms` : `${(milliseconds / 1_000).toFixed(1)} s`;

const percent = (value: number): string => (value * 100).toFixed(0);

const renderChoice = (explanation: Explanation): readonly string[] => {
  const { component, model, effort, simulated, chosen_by: chosenBy, confidence } = explanation;
  const depth = effort.applied === null ? 'effort by the model' : `effort ${effort.applied} (${effort.how})`;
  return [
    `${component}  ->  ${model}, ${depth}${simulated ? '  [simulated]' : ''}`,
    `  ${explanation.reason}`,
    `  chosen by ${chosenBy}, confidence ${confidence}, ${explanation.reason_codes.join(', ')}`,
    `  expected ${usd(explanation.estimate_usd)}, ${seconds(explanation.wait_ms) || 'unknown wait'}`,
  ];
};

const renderMargin = ({ against, component }: Explanation): readonly string[] => {
  if (against === null) return [];
  const other = `${against.component}${against.effort === null ? '' : ` at ${against.effort}`}`;
  const gain = `${Math.abs(against.gain_points).toFixed(1)} points ${against.gain_points >= 0 ? 'more' : 'less'}`;
  const extra = against.extra_usd;
  const money = extra === null ? 'an unknown price' : `${usd(Math.abs(extra))} ${extra >= 0 ? 'more' : 'less'}`;
  const marginal =
    against.usd_per_extra_success === null
      ? ''
      : `; marginal price ${usd(against.usd_per_extra_success)} per extra solved task`;
  return [`  against ${other}: ${component} is predicted to solve ${gain}, for ${money}${marginal}`];
};

const renderSignals = ({ signals }: Explanation): readonly string[] => {
  const rows = Object.entries(signals).map(([name, { value, weight, evidence }]) => [
    name.replaceAll('_', ' '),
    typeof value === 'number' ? value.toFixed(2) : value,
    `weight ${weight.toFixed(2)}`,
    evidence.map(({ rule, offset }) => (offset === null ? rule : `${rule} @${offset}`)).join(', '),
  ]);
  return ['', 'Signals', ...alignRows(rows)];
};

const renderOutlook = ({ fast, thinking, gain_deviation: deviation }: NonNullable<Explanation['ground']>): string => {
  if (fast === null || thinking === null) return 'so the conversation type alone says what to expect: a fixed prior';
  const gain = ((thinking - fast) * 100).toFixed(1);
  const doubt = deviation === null ? '' : ` (standard deviation ${(deviation * 100).toFixed(1)})`;
  return `there fast solves ${percent(fast)} %, thinking ${percent(thinking)} %: a gain of ${gain} points${doubt}`;
};

/** What the router knows about prompts like this one, and how like its own they have to be. */
const renderGround = ({ ground, confidence }: Explanation): readonly string[] => {
  if (ground === null || ground === undefined) return [];
  const { known, similarity, threshold } = ground;
  const nearness =
    similarity === null
      ? 'too few words to compare'
      : `similarity ${similarity.toFixed(3)} to the nearest training prompts, known from ${threshold.toFixed(3)}`;
  const torn = confidence === 'torn' ? ['  torn: the difference does not clear its uncertainty'] : [];
  return ['', `Ground: ${known ? 'known' : 'unfamiliar'}`, `  ${nearness}`, `  ${renderOutlook(ground)}`, ...torn];
};

/** What a move would leave behind in the cache of whoever answered so far. */
const renderLosses = ({ candidates }: Explanation): readonly string[] => {
  const losses = new Map(candidates.map(({ component, cache_loss_usd: loss }) => [component, loss ?? 0]));
  return [...losses].flatMap(([component, loss]) =>
    loss > 0 ? [`  ${component} would read that anew, for ${usd(loss)} more`] : [],
  );
};

const renderSession = (explanation: Explanation): readonly string[] => {
  const { session } = explanation;
  if (session === null || session === undefined || session.component === null) return [];
  const { id, source, decision, turns, component, warm } = session;
  const cached = warm.map((each) => `${each.component} ${each.cached_tokens} tokens`).join(', ');
  return [
    '',
    `Session ${id ?? ''} (by ${source}): ${decision}`,
    `  turn ${turns + 1}, last answered by ${component}; in caches: ${cached || 'nothing'}`,
    ...renderLosses(explanation),
  ];
};

/** Said once below the table: whoever reads a percentage must know what it stands on. */
const SOURCES =
  '  measured: predicted from scored answers to prompts like this one; graded: from so many graded answers of this very ' +
  'component; prior: tables set by hand, the component unmeasured; + score: moved by its published score beside those of ' +
  'other components. Cost and wait are priors.';

const renderSource = ({
  source,
  graded_calls: graded = 0,
  published_score,
}: Explanation['candidates'][number]): string => {
  if (graded > 0) return `${graded} graded`;
  return `${source ?? '-'}${(published_score ?? null) === null ? '' : ' + score'}`;
};

const renderCandidates = (explanation: Explanation): readonly string[] => {
  const rows = explanation.candidates
    .filter(({ excluded }) => excluded === null)
    .map((candidate) => {
      const chosen = candidate.component === explanation.component && candidate.effort === explanation.effort.applied;
      const p = candidate.p_success;
      return [
        chosen ? '*' : ' ',
        candidate.component,
        candidate.effort ?? '-',
        p === null ? '-' : `${percent(p.value)} % [${percent(p.low)}, ${percent(p.high)}]`,
        renderSource(candidate),
        candidate.cost_usd === null ? 'unknown' : `${usd(candidate.cost_usd.p50)} (p90 ${usd(candidate.cost_usd.p90)})`,
        seconds(candidate.total_ms),
      ];
    });
  return [
    '',
    'Candidates',
    ...alignRows([[' ', 'component', 'effort', 'solves', 'source', 'cost', 'wait'], ...rows]),
    SOURCES,
  ];
};

const renderExcluded = ({ candidates }: Explanation): readonly string[] => {
  const lines = candidates.flatMap(({ component, effort, excluded }) =>
    excluded === null
      ? []
      : [
          `  ${component}${effort === null ? '' : ` at ${effort}`}: ${excluded.constraint}: expected ${excluded.expected}, given ${excluded.given}. ${excluded.fix}`,
        ],
  );
  return lines.length === 0 ? [] : ['', 'Excluded', ...new Set(lines)];
};

const renderChanges = ({ would_change: changes }: Explanation): readonly string[] =>
  changes.length === 0
    ? []
    : ['', 'What would change it', ...changes.map((change) => `  if ${change.if}: ${change.then}`)];

const renderOutcome = ({ outcome, decision_id: id }: Explanation): readonly string[] =>
  outcome === null || outcome === undefined
    ? []
    : [
        '',
        `Carried out at ${outcome.at} as ${id ?? ''}: ${outcome.result}, ${usd(outcome.cost_usd)}, ${outcome.attempts} attempt(s)`,
      ];

/** Lines for a terminal, plain text. */
export const renderExplanation = (explanation: Explanation): readonly string[] => [
  ...renderChoice(explanation),
  ...renderMargin(explanation),
  ...explanation.warnings.map(({ code, message, param }) => `  warning: ${message ?? `${code} ${param ?? ''}`}`),
  ...renderSignals(explanation),
  ...renderGround(explanation),
  ...renderSession(explanation),
  ...renderCandidates(explanation),
  ...renderExcluded(explanation),
  ...renderChanges(explanation),
  ...(explanation.baseline === null
    ? []
    : ['', `Baseline ${explanation.baseline.component}: ${usd(explanation.baseline.cost_usd)}`]),
  ...renderOutcome(explanation),
  '',
  `Decided in ${explanation.decide_us} µs by ${Object.entries(explanation.versions)
    .map(([part, version]) => `${part} ${version}`)
    .join(', ')}`,
];
