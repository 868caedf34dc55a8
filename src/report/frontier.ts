/** The cost–quality frontier of components: what was measured here, what on a data set, what is only a prior. */
import { MICRO_PER_USD } from '../canonical/money.ts';
import { gradeOf, gradesOf } from '../store/grade.ts';
import type { StoredDecision } from '../store/store.ts';
import { concaveHull, qualityAtCost } from '../math/hull.ts';
import { mean } from '../math/statistics.ts';
import { renderFrontier, type FrontierLine, type PointOrigin } from './frontier-svg.ts';

export interface ComponentPoint {
  /** Component, with its effort where it has several: `thinking/high`. */
  readonly name: string;
  readonly origin: PointOrigin;
  /** Mean USD of one call. */
  readonly costUsd: number;
  /** Mean score or P(success), 0..1. */
  readonly quality: number;
  /** Graded answers behind it; null for a prior. */
  readonly labels: number | null;
}

export interface FrontierEntry extends ComponentPoint {
  /** What is at least as good for at most the cost: one point, or a mixture of two. Empty: on the frontier. */
  readonly dominatedBy: readonly string[];
}

/** Below this many graded answers the mean of a component says little, and is marked. */
export const MIN_LABELS = 30;

const nameOf = (component: string, effort: string | null): string =>
  effort === null ? component : `${component}/${effort}`;

/**
 * One point for each component and effort with graded answers whose cost is known. A decision with several grades counts
 * once, with their mean. Simulated and shadow decisions are left out.
 */
export const toMeasuredPoints = (stored: readonly StoredDecision[]): readonly ComponentPoint[] => {
  const graded = stored.flatMap(({ decision, outcomes }) => {
    const grades = gradesOf(outcomes.filter((outcome) => !outcome.simulated));
    const { component, effort, costMicroUsd, simulated, shadow } = decision;
    return simulated || shadow || costMicroUsd === null || grades.length === 0
      ? []
      : [{ name: nameOf(component, effort), quality: mean(grades), costUsd: costMicroUsd / MICRO_PER_USD }];
  });
  return [...Map.groupBy(graded, ({ name }) => name)].map(([name, own]) => ({
    name,
    origin: 'measured-here',
    costUsd: mean(own.map(({ costUsd }) => costUsd)),
    quality: mean(own.map(({ quality }) => quality)),
    labels: own.length,
  }));
};

/** Graded decisions that were simulated: left out, and said to be. */
export const countSimulated = (stored: readonly StoredDecision[]): number =>
  stored.filter(({ outcomes }) => outcomes.some((each) => each.simulated && gradeOf(each) !== null)).length;

/** Rounding of a mixture's quality must not dominate the very points that it is made of. */
const TOLERANCE = 1e-12;

const isBetter = (one: ComponentPoint, other: ComponentPoint): boolean =>
  one.costUsd <= other.costUsd &&
  one.quality >= other.quality &&
  (one.costUsd < other.costUsd || one.quality > other.quality);

const toSpot = ({ costUsd, quality }: ComponentPoint) => ({ cost: costUsd, quality });

/** The two neighbours on the hull whose mixture costs the same and is better; empty where there are none. */
const mixtureOver = (point: ComponentPoint, points: readonly ComponentPoint[]): readonly string[] => {
  const hull = concaveHull(points.map(toSpot));
  const within = point.costUsd >= (hull.at(0)?.cost ?? 0) && point.costUsd <= (hull.at(-1)?.cost ?? 0);
  if (!within || qualityAtCost(hull, point.costUsd) <= point.quality + TOLERANCE) return [];
  const next = hull.findIndex(({ cost }) => cost >= point.costUsd);
  return [hull[next - 1], hull[next]].flatMap((vertex) => {
    const named = points.find(({ costUsd, quality }) => costUsd === vertex?.cost && quality === vertex.quality);
    return named === undefined ? [] : [named.name];
  });
};

/**
 * Points by origin and rising cost, each with what dominates it. Only points of one origin are compared: those of
 * different ones were not asked the same things.
 */
export const toFrontier = (points: readonly ComponentPoint[]): readonly FrontierEntry[] => {
  const origins: readonly PointOrigin[] = ['measured-here', 'measured-on-data-set', 'prior'];
  return origins.flatMap((origin) => {
    const own = points.filter((point) => point.origin === origin);
    return own
      .map((point) => {
        const better = own.find((other) => isBetter(other, point));
        return { ...point, dominatedBy: better === undefined ? mixtureOver(point, own) : [better.name] };
      })
      .sort((one, other) => one.costUsd - other.costUsd || one.quality - other.quality);
  });
};

const HULL_LABELS: Readonly<Record<PointOrigin, string>> = {
  'measured-here': 'mixtures, measured here',
  'measured-on-data-set': 'mixtures, on a data set',
  prior: 'mixtures, by the prior',
};

const toLine = (entries: readonly FrontierEntry[], origin: PointOrigin): readonly FrontierLine[] => {
  const own = entries.filter((entry) => entry.origin === origin).map(toSpot);
  const points = own.length < 2 ? own : concaveHull(own);
  return points.length < 2 ? [] : [{ label: HULL_LABELS[origin], kind: 'static-hull', points }];
};

/** What can be said of how well the frontier is known. `simulated`: graded answers that do not count. */
export const describeEvidence = (entries: readonly FrontierEntry[], simulated = 0): string => {
  const left = simulated === 0 ? '' : ` Graded but simulated, so not counted: ${simulated}.`;
  const measured = entries.filter(({ origin }) => origin === 'measured-here');
  const labels = measured.reduce((sum, entry) => sum + (entry.labels ?? 0), 0);
  if (labels === 0)
    return `No ${simulated === 0 ? '' : 'real '}answer of this installation has been graded: nothing here is measured on your own work.${left}`;
  const few = measured.filter((entry) => (entry.labels ?? 0) < MIN_LABELS).map(({ name }) => name);
  const doubt = few.length === 0 ? '' : ` Fewer than ${MIN_LABELS}, so hardly more than luck: ${few.join(', ')}.`;
  return `${labels} graded answers of this installation.${doubt}${left}`;
};

/** Throws RangeError without points. A cost of 0 (one's own machine) makes the axis linear. */
export const renderFrontierSvg = (entries: readonly FrontierEntry[]): string =>
  renderFrontier({
    title: 'Cost and quality of the components',
    description: describeEvidence(entries),
    costAxis: entries.every(({ costUsd }) => costUsd > 0) ? 'log' : 'linear',
    costLabel: 'USD per call',
    lines: (['measured-here', 'measured-on-data-set', 'prior'] as const).flatMap((origin) => toLine(entries, origin)),
    points: entries.map((entry) => ({ label: entry.name, origin: entry.origin, ...toSpot(entry) })),
  });
