/** Warnings of an exchange: what the decision and its attempts have to tell, and what of the cost is not what it seems. */
import type { Warning } from '../canonical/warning.ts';
import type { AttemptCost } from './cost.ts';
import type { Decided } from './decided.ts';
import type { PricedAttempt } from './exchange.ts';

const substitutionWarning = (attempts: readonly PricedAttempt[]): readonly Warning[] =>
  attempts
    .filter(({ cost }) => cost.substituted)
    .map(({ report, cost }) => ({
      code: 'substituted',
      param: 'model',
      requested: report.deployment.upstreamModel,
      applied: report.answeredModel,
      message: `The provider answered with ${report.answeredModel ?? 'another model'} instead of ${report.deployment.upstreamModel}; billed as ${cost.billedAs}.`,
    }));

/** A price that is there and does not help is not asked for again: what is missing is something else. */
const toUnknownMessage = ({ unknown, billedAs }: AttemptCost): string =>
  unknown === null || unknown.reason === 'price'
    ? `No price is known for ${billedAs}; add \`price\` to its component to have costs.`
    : `What this call of ${billedAs} cost is not known: ${unknown.detail}`;

const hasSearches = ({ report, cost }: PricedAttempt): boolean =>
  (report.usage.searches ?? 0) > 0 && cost.microUsd !== null;

/** Tokens are all that the price list knows of: what is billed beside them must not look as if it were in the sum. */
const searchWarning = ({ report, cost }: PricedAttempt): Warning => ({
  code: 'price_unknown',
  param: null,
  requested: null,
  applied: null,
  message: `The cost is that of the tokens: ${cost.billedAs} also made ${report.usage.searches} searches, which are billed apart.`,
});

const costWarnings = (attempts: readonly PricedAttempt[]): readonly Warning[] =>
  attempts.flatMap(({ report, cost }): readonly Warning[] => {
    if (cost.microUsd === null && report.fault === null) {
      const message = toUnknownMessage(cost);
      return [{ code: 'price_unknown', param: null, requested: null, applied: null, message }];
    }
    if (hasSearches({ report, cost })) return [searchWarning({ report, cost })];
    const isFree = report.fault !== null && cost.microUsd === 0;
    if (cost.source !== 'estimate' || cost.microUsd === null || isFree) return [];
    const message = 'The provider reported no usage; the cost is an estimate from the text.';
    return [{ code: 'estimate_used', param: null, requested: null, applied: null, message }];
  });

/** Asked several times in every request, and mostly there is nothing to warn of: known prices, reported usage. */
const hasWarnings = (decided: Decided, attempts: readonly PricedAttempt[]): boolean =>
  decided.warnings.length > 0 ||
  attempts.some(
    ({ report, cost }) =>
      report.warnings.length > 0 ||
      cost.substituted ||
      cost.microUsd === null ||
      cost.source === 'estimate' ||
      report.usage.searches !== null,
  );

/** Every warning of the exchange so far, in the order in which the causes arose. */
export const listWarnings = (
  decided: Decided,
  attempts: readonly PricedAttempt[],
  final: boolean,
): readonly Warning[] =>
  hasWarnings(decided, attempts)
    ? [
        ...decided.warnings,
        ...attempts.flatMap(({ report }) => report.warnings),
        ...substitutionWarning(attempts),
        ...(final ? costWarnings(attempts) : []),
      ]
    : [];
