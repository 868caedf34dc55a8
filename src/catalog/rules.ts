/** Rules between the fields of a catalog file that its shape alone cannot say. */
import { effortRank } from '../canonical/effort.ts';
import { KNOWN_PROVIDERS } from './known-providers.ts';
import type { CatalogProblem } from './problem.ts';
import type { ModelFile } from './schema.ts';
import { suggest } from './suggestion.ts';

type Finding = Omit<CatalogProblem, 'file'>;

const isAscending = (numbers: readonly number[]): boolean =>
  numbers.every((number, index) => index === 0 || number > (numbers[index - 1] ?? Infinity));

const duplicates = (words: readonly string[]): readonly string[] => [
  ...new Set(words.filter((word, index) => words.indexOf(word) !== index)),
];

const checkLimits = ({ limits }: ModelFile): readonly Finding[] =>
  limits.output_tokens <= limits.context_tokens
    ? []
    : [
        {
          field: 'limits.output_tokens',
          expected: `at most context_tokens (${limits.context_tokens})`,
          given: String(limits.output_tokens),
          fix: 'Check which of the two is wrong.',
        },
      ];

const checkModalities = ({ modalities }: ModelFile): readonly Finding[] =>
  (['input', 'output'] as const)
    .filter((direction) => duplicates(modalities[direction]).length > 0)
    .map((direction) => ({
      field: `modalities.${direction}`,
      expected: 'each modality once',
      given: modalities[direction].join(', '),
      fix: 'Remove the repetition.',
    }));

const checkEfforts = ({ reasoning }: ModelFile): readonly Finding[] => {
  const { control, efforts, default_effort: standard } = reasoning;
  const given = efforts.join(', ') || 'no efforts';
  const findings: Finding[] = [];
  if (control === 'none' && efforts.length > 0) {
    const expected = 'no efforts, because control is "none"';
    findings.push({ field: 'reasoning.efforts', expected, given, fix: 'Remove them, or name the control.' });
  }
  if (control !== 'none' && efforts.length === 0) {
    const expected = `at least one effort, because control is "${control}"`;
    findings.push({ field: 'reasoning.efforts', expected, given, fix: 'List what the model accepts.' });
  }
  if (!isAscending(efforts.map(effortRank))) {
    const expected = 'each effort once, in the order of the ladder';
    findings.push({ field: 'reasoning.efforts', expected, given, fix: 'Sort them from none to max.' });
  }
  if (standard !== undefined && !efforts.includes(standard)) {
    const expected = `one of the model's efforts (${given})`;
    findings.push({ field: 'reasoning.default_effort', expected, given: standard, fix: 'Correct one of the two.' });
  }
  return findings;
};

const checkBudget = ({ reasoning }: ModelFile): readonly Finding[] => {
  const { control, budget_minimum_tokens: minimum, budget_maximum_tokens: maximum } = reasoning;
  const field = 'reasoning.budget_minimum_tokens';
  const given = `${minimum ?? 'nothing'} and ${maximum ?? 'nothing'}`;
  if ((minimum === undefined) !== (maximum === undefined)) {
    return [{ field, expected: 'both budget limits or neither', given, fix: 'Add the missing one.' }];
  }
  if (control === 'budget' && minimum === undefined) {
    return [{ field, expected: 'both limits, because control is "budget"', given, fix: 'Add them.' }];
  }
  if (minimum !== undefined && maximum !== undefined && minimum > maximum) {
    return [{ field, expected: 'a minimum below the maximum', given, fix: 'Swap or correct them.' }];
  }
  return [];
};

const checkTools = ({ capabilities }: ModelFile): readonly Finding[] =>
  capabilities.forced_tool_choice && !capabilities.tools
    ? [
        {
          field: 'capabilities.forced_tool_choice',
          expected: 'false, because tools is false',
          given: 'true',
          fix: 'Correct one of the two.',
        },
      ]
    : [];

const checkDates = (file: ModelFile): readonly Finding[] => {
  const { released_on: released, shutdown_on: shutdown, status } = file;
  const findings: Finding[] = [];
  if (released !== undefined && shutdown !== undefined && shutdown <= released) {
    const expected = `a day after released_on (${released})`;
    findings.push({ field: 'shutdown_on', expected, given: shutdown, fix: 'Correct one of the two.' });
  }
  if (status === 'deprecated' && shutdown === undefined && file.successors.length === 0) {
    const expected = 'shutdown_on or a successor, because the status is "deprecated"';
    findings.push({ field: 'status', expected, given: 'neither', fix: 'Add what is known, or correct the status.' });
  }
  return findings;
};

type PriceTable = NonNullable<ModelFile['price']>;

/** A cached token that costs more than a fresh one is a pair of swapped numbers. */
const checkCachePrice = (prices: Pick<PriceTable, 'input_usd_per_mtok' | 'cache_read_usd_per_mtok'>, field: string) =>
  (prices.cache_read_usd_per_mtok ?? 0) <= prices.input_usd_per_mtok
    ? []
    : [
        {
          field: `${field}.cache_read_usd_per_mtok`,
          expected: `at most input_usd_per_mtok (${prices.input_usd_per_mtok})`,
          given: String(prices.cache_read_usd_per_mtok),
          fix: 'Check whether the two are swapped.',
        },
      ];

const checkPrice = ({ price, limits }: ModelFile): readonly Finding[] => {
  if (price === undefined) return [];
  const thresholds = price.context_tiers.map((tier) => tier.above_input_tokens);
  const names = price.service_tiers.map((tier) => tier.name);
  const findings: Finding[] = [
    ...checkCachePrice(price, 'price'),
    ...price.context_tiers.flatMap((tier, index) => checkCachePrice(tier, `price.context_tiers[${index}]`)),
    ...price.service_tiers.flatMap((tier, index) => checkCachePrice(tier, `price.service_tiers[${index}]`)),
  ];
  if (!isAscending(thresholds)) {
    const expected = 'thresholds in ascending order, each once';
    findings.push({ field: 'price.context_tiers', expected, given: thresholds.join(', '), fix: 'Sort the tiers.' });
  }
  if (thresholds.some((threshold) => threshold >= limits.context_tokens)) {
    const expected = `thresholds below context_tokens (${limits.context_tokens})`;
    findings.push({
      field: 'price.context_tiers',
      expected,
      given: thresholds.join(', '),
      fix: 'Correct one of them.',
    });
  }
  for (const name of duplicates(names)) {
    const expected = 'each service tier once';
    findings.push({ field: 'price.service_tiers', expected, given: `"${name}" twice`, fix: 'Remove one.' });
  }
  return findings;
};

const checkHosts = ({ hosts, open_weights: isOpen }: ModelFile): readonly Finding[] => {
  const findings: Finding[] = hosts.flatMap((host, index) => checkCachePrice(host, `hosts[${index}]`));
  const names = KNOWN_PROVIDERS.map((provider) => provider.name);
  for (const [index, { provider }] of hosts.entries()) {
    if (names.includes(provider)) continue;
    const [nearest] = suggest(provider, names);
    const fix = nearest === undefined ? 'Use the name of a known provider.' : `Did you mean "${nearest}"?`;
    findings.push({ field: `hosts[${index}].provider`, expected: 'a known provider', given: `"${provider}"`, fix });
  }
  for (const name of duplicates(hosts.map(({ provider }) => provider))) {
    findings.push({ field: 'hosts', expected: 'each provider once', given: `"${name}" twice`, fix: 'Remove one.' });
  }
  if (hosts.length > 0 && !isOpen) {
    const expected = 'no hosts, because the weights are closed and resold at the list price';
    findings.push({ field: 'hosts', expected, given: String(hosts.length), fix: 'Remove them.' });
  }
  return findings;
};

/** Every rule that a well-shaped file breaks; empty: none. */
export const checkRules = (file: ModelFile): readonly Finding[] =>
  [checkLimits, checkModalities, checkEfforts, checkBudget, checkTools, checkDates, checkPrice, checkHosts].flatMap(
    (check) => check(file),
  );
