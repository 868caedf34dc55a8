/**
 * A cost–quality frontier as a small SVG: the same input gives the same text. Readable in light and dark, by screen
 * readers (title and description), and without colours (shape and dash tell marks and lines apart).
 */
import type { CostQuality, Hull } from '../math/hull.ts';
import { createScale, toTickLabel, type Scale } from './axis-scale.ts';

/** Where a point comes from. The three are drawn as a disc, a square and a hollow diamond. */
export type PointOrigin = 'measured-here' | 'measured-on-data-set' | 'prior';

export interface FrontierPoint extends CostQuality {
  readonly label: string;
  readonly origin: PointOrigin;
}

export interface FrontierLine {
  readonly label: string;
  readonly kind: 'static-hull' | 'oracle' | 'router';
  /** By rising cost. */
  readonly points: Hull;
}

export interface Frontier {
  /** Also the accessible name. */
  readonly title: string;
  /** One sentence for who cannot see it. */
  readonly description: string;
  /** `log` needs costs above 0. */
  readonly costAxis: 'log' | 'linear';
  /** As `USD per call`. */
  readonly costLabel: string;
  readonly lines: readonly FrontierLine[];
  readonly points: readonly FrontierPoint[];
}

const WIDTH = 640;
const HEIGHT = 400;
/** Of the plot within the picture. */
const LEFT = 56;
const RIGHT = 20;
const TOP = 40;
const BOTTOM = 92;
const MARK = 5;
const LEGEND_STEP = 185;
/** Pieces of a segment on a log axis. */
const PIECES = 16;

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const escape = (text: string): string => text.replace(/[&<>"']/g, (sign) => ESCAPES[sign] ?? sign);

/** Two decimals, so that no rounding of a machine shows in the text. */
const place = (value: number): string => String(Math.round(value * 100) / 100);

const STYLE = `<style>
.f{font:12px system-ui,sans-serif;fill:#1f2328}.a{stroke:#8c959f}.g{stroke:#8c959f;stroke-opacity:.25}
.l{fill:none;stroke-width:2}.static-hull{stroke:#6e7781;stroke-dasharray:6 4}.oracle{stroke:#1a7f37;stroke-dasharray:2 3}.router{stroke:#0969da}
.m{stroke-width:2;stroke:#8250df}.measured-here,.measured-on-data-set{fill:#8250df}.prior{fill:none;stroke:#bc4c00}
@media (prefers-color-scheme:dark){.f{fill:#e6edf3}.static-hull{stroke:#9198a1}.oracle{stroke:#3fb950}.router{stroke:#58a6ff}
.m{stroke:#bc8cff}.measured-here,.measured-on-data-set{fill:#bc8cff}.prior{fill:none;stroke:#f0883e}}
</style>`;

const ORIGIN_LABELS: Readonly<Record<PointOrigin, string>> = {
  'measured-here': 'measured here',
  'measured-on-data-set': 'measured on a data set',
  prior: 'prior, not measured',
};

interface Spot {
  readonly x: number;
  readonly y: number;
}

const markPath = (origin: PointOrigin, { x, y }: Spot): string => {
  const [left, right, top, bottom] = [x - MARK, x + MARK, y - MARK, y + MARK].map(place);
  switch (origin) {
    case 'measured-here':
      return `<circle class="m ${origin}" cx="${place(x)}" cy="${place(y)}" r="${MARK}"/>`;
    case 'measured-on-data-set':
      return `<rect class="m ${origin}" x="${left}" y="${top}" width="${2 * MARK}" height="${2 * MARK}"/>`;
    case 'prior':
      return `<path class="m ${origin}" d="M${place(x)} ${top}L${right} ${place(y)}L${place(x)} ${bottom}L${left} ${place(y)}Z"/>`;
  }
};

interface Plot {
  readonly cost: Scale;
  readonly quality: Scale;
}

const toSpot = ({ cost, quality }: Plot, point: CostQuality): Spot => ({
  x: cost.toPixel(point.cost),
  y: quality.toPixel(point.quality),
});

/**
 * Points between neighbours at equal ratios of cost. What lies between two points are their mixtures, straight over cost
 * and therefore bent on a log axis: a straight line there would promise a quality that no mixture has.
 */
const withMixtures = (points: Hull): Hull =>
  points.flatMap((point, index) => {
    const next = points[index + 1];
    if (next === undefined || next.cost === point.cost) {
      return [point];
    }
    return Array.from({ length: PIECES }, (_, piece) => {
      const cost = point.cost * (next.cost / point.cost) ** (piece / PIECES);
      const part = (cost - point.cost) / (next.cost - point.cost);
      return { cost, quality: point.quality + part * (next.quality - point.quality) };
    });
  });

const renderLine = (plot: Plot, { kind, label, points }: FrontierLine, costAxis: Frontier['costAxis']): string => {
  const spots = (costAxis === 'log' ? withMixtures(points) : points).map((point) => toSpot(plot, point));
  const path = spots.map(({ x, y }, index) => `${index === 0 ? 'M' : 'L'}${place(x)} ${place(y)}`).join('');
  return `<path class="l ${kind}" d="${path}"><title>${escape(label)}</title></path>`;
};

/** Labels of points in the right half stand to their left, so that none leaves the picture. */
const renderPoint = (plot: Plot, point: FrontierPoint): string => {
  const spot = toSpot(plot, point);
  const isRight = spot.x > WIDTH / 2;
  const text =
    `<text class="f" x="${place(spot.x + (isRight ? -1 : 1) * (MARK + 4))}" y="${place(spot.y + 14)}"` +
    `${isRight ? ' text-anchor="end"' : ''}>${escape(point.label)}</text>`;
  const name = `${point.label}: ${toTickLabel(point.cost)}, ${(point.quality * 100).toFixed(1)} %, ${ORIGIN_LABELS[point.origin]}`;
  return `<g><title>${escape(name)}</title>${markPath(point.origin, spot)}${text}</g>`;
};

const renderAxes = ({ cost, quality }: Plot, costLabel: string): string => {
  const bottom = HEIGHT - BOTTOM;
  const costTicks = cost.ticks.map((tick) => {
    const x = place(cost.toPixel(tick));
    return (
      `<path class="g" d="M${x} ${TOP}V${bottom}"/>` +
      `<text class="f" x="${x}" y="${bottom + 16}" text-anchor="middle">${toTickLabel(tick)}</text>`
    );
  });
  const qualityTicks = quality.ticks.map((tick) => {
    const y = quality.toPixel(tick);
    return (
      `<path class="g" d="M${LEFT} ${place(y)}H${WIDTH - RIGHT}"/>` +
      `<text class="f" x="${LEFT - 6}" y="${place(y + 4)}" text-anchor="end">${toTickLabel(tick * 100)} %</text>`
    );
  });
  const middle = (LEFT + WIDTH - RIGHT) / 2;
  return [
    ...costTicks,
    ...qualityTicks,
    `<path class="a" fill="none" d="M${LEFT} ${TOP}V${bottom}H${WIDTH - RIGHT}"/>`,
    `<text class="f" x="${middle}" y="${bottom + 34}" text-anchor="middle">${escape(costLabel)}</text>`,
  ].join('\n');
};

/** One entry for each line and each origin that occurs. */
const renderLegend = ({ lines, points }: Frontier): string => {
  const origins = (Object.keys(ORIGIN_LABELS) as PointOrigin[]).filter((origin) =>
    points.some((point) => point.origin === origin),
  );
  const entry = (row: number, column: number): Spot => ({ x: LEFT + column * LEGEND_STEP, y: HEIGHT - 36 + row * 20 });
  const text = ({ x, y }: Spot, label: string): string =>
    `<text class="f" x="${x + 26}" y="${y + 4}">${escape(label)}</text>`;
  return [
    ...lines.map(({ kind, label }, column) => {
      const spot = entry(0, column);
      return `<path class="l ${kind}" d="M${spot.x} ${spot.y}h20"/>${text(spot, label)}`;
    }),
    ...origins.map((origin, column) => {
      const spot = entry(1, column);
      return markPath(origin, { x: spot.x + 10, y: spot.y }) + text(spot, ORIGIN_LABELS[origin]);
    }),
  ].join('\n');
};

/** Throws RangeError without a point or line to show, or for a cost of 0 or less on a log axis. */
export const renderFrontier = (frontier: Frontier): string => {
  const { title, description, costAxis, costLabel, lines, points } = frontier;
  const shown = [...lines.flatMap((line) => line.points), ...points];
  const plot: Plot = {
    cost: createScale({ kind: costAxis, values: shown.map(({ cost }) => cost), from: LEFT, to: WIDTH - RIGHT }),
    quality: createScale({
      kind: 'linear',
      values: shown.map(({ quality }) => quality),
      from: HEIGHT - BOTTOM,
      to: TOP,
    }),
  };
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-labelledby="t d">`,
    `<title id="t">${escape(title)}</title>`,
    `<desc id="d">${escape(description)}</desc>`,
    STYLE,
    `<text class="f" x="${LEFT}" y="22" font-weight="600">${escape(title)}</text>`,
    renderAxes(plot, costLabel),
    ...lines.map((line) => renderLine(plot, line, costAxis)),
    ...points.map((point) => renderPoint(plot, point)),
    renderLegend(frontier),
    '</svg>',
    '',
  ].join('\n');
};
