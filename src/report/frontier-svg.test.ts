import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createScale, toTickLabel } from './axis-scale.ts';
import { renderFrontier, type Frontier } from './frontier-svg.ts';

const frontier: Frontier = {
  title: 'mix <4> & more',
  description: 'The router lies above the static hull.',
  costAxis: 'log',
  costLabel: 'USD per call',
  lines: [
    {
      label: 'static hull',
      kind: 'static-hull',
      points: [
        { cost: 0.0002, quality: 0.7 },
        { cost: 0.02, quality: 0.9 },
      ],
    },
    {
      label: 'router',
      kind: 'router',
      points: [
        { cost: 0.0002, quality: 0.7 },
        { cost: 0.002, quality: 0.88 },
        { cost: 0.02, quality: 0.91 },
      ],
    },
    {
      label: 'oracle',
      kind: 'oracle',
      points: [
        { cost: 0.0002, quality: 0.7 },
        { cost: 0.004, quality: 0.95 },
      ],
    },
  ],
  points: [
    { label: 'fast', origin: 'measured-here', cost: 0.0002, quality: 0.7 },
    { label: 'thinking', origin: 'measured-on-data-set', cost: 0.02, quality: 0.9 },
    { label: 'pro', origin: 'prior', cost: 0.05, quality: 0.92 },
  ],
};

test('the picture has a name, a description and balanced elements', () => {
  const svg = renderFrontier(frontier);
  assert.match(svg, /^<svg [^>]*role="img" aria-labelledby="t d">\n<title id="t">mix &lt;4&gt; &amp; more<\/title>/);
  assert.match(svg, /<desc id="d">The router lies above the static hull\.<\/desc>/);
  const open: string[] = [];
  for (const [, closing, name, rest] of svg.matchAll(/<(\/?)([a-z]+)([^>]*)>/g)) {
    if (closing === '/') {
      assert.equal(open.pop(), name);
    } else if (!(rest ?? '').endsWith('/')) {
      open.push(name ?? '');
    }
  }
  assert.deepEqual(open, []);
  assert.doesNotMatch(svg, /NaN|Infinity|undefined/);
});

/** Pixels of a line's vertices. */
const verticesOf = (svg: string, kind: string): readonly (readonly [number, number])[] => {
  const path = svg.match(new RegExp(`<path class="l ${kind}" d="([^"]*)"><title>`))?.[1] ?? '';
  return [...path.matchAll(/[ML]([\d.]+) ([\d.]+)/g)].map(([, x, y]) => [Number(x), Number(y)] as const);
};

test('every line is drawn with as many vertices as it has points', () => {
  const svg = renderFrontier({ ...frontier, costAxis: 'linear' });
  for (const { kind, label, points } of frontier.lines) {
    assert.equal(verticesOf(svg, kind).length, points.length);
    assert.ok(svg.includes(`<title>${label}</title>`));
  }
});

test('on a log axis mixtures bend: half of the way in pixels is far less than half of the gain', () => {
  const vertices = verticesOf(renderFrontier(frontier), 'static-hull');
  const [start, middle, end] = [vertices[0], vertices[8], vertices[16]];
  assert.ok(start && middle && end);
  assert.ok(Math.abs(middle[0] - (start[0] + end[0]) / 2) < 0.02);
  // At .002, ten times the cheapest and a tenth of the dearest: (.002 − .0002) / (.02 − .0002) = 1 / 11.
  assert.ok(Math.abs((start[1] - middle[1]) / (start[1] - end[1]) - 1 / 11) < 0.001);
});

test('the three origins of points differ in shape, and each is named in the legend', () => {
  const svg = renderFrontier(frontier);
  assert.match(svg, /<title>fast: 0\.0002, 70\.0 %, measured here<\/title><circle class="m measured-here"/);
  assert.match(svg, /<title>thinking: [^<]*<\/title><rect class="m measured-on-data-set"/);
  assert.match(svg, /<title>pro: [^<]*<\/title><path class="m prior"/);
  for (const label of ['measured here', 'measured on a data set', 'prior, not measured']) {
    assert.match(svg, new RegExp(`<text [^>]*>${label}</text>`));
  }
  const without = renderFrontier({ ...frontier, points: frontier.points.slice(0, 1) });
  assert.doesNotMatch(without, />prior, not measured</);
});

test('dearer stands to the right and better above, on both axes', () => {
  for (const costAxis of ['log', 'linear'] as const) {
    const svg = renderFrontier({ ...frontier, costAxis });
    const vertices = verticesOf(svg, 'router');
    assert.ok(vertices.length >= 3);
    vertices.slice(1).forEach(([x, y], index) => {
      const [beforeX, beforeY] = vertices[index] ?? [0, 0];
      assert.ok(x > beforeX && y < beforeY, costAxis);
    });
  }
});

test('it is readable in the dark, and the same every time', () => {
  assert.match(renderFrontier(frontier), /prefers-color-scheme:dark/);
  assert.equal(renderFrontier(frontier), renderFrontier(structuredClone(frontier)));
});

test('a log axis refuses a cost of 0', () => {
  const free = [{ label: 'free', origin: 'prior' as const, cost: 0, quality: 0.5 }];
  assert.throws(() => renderFrontier({ ...frontier, points: free }), /log axis needs numbers above 0, given 0/);
  assert.doesNotThrow(() => renderFrontier({ ...frontier, points: free, costAxis: 'linear' }));
  assert.throws(() => renderFrontier({ ...frontier, lines: [], points: [] }), /given none/);
});

test('scales put the ends at the ends and mark round values', () => {
  const linear = createScale({ kind: 'linear', values: [0, 100], from: 0, to: 110 });
  // 5 % of room: −5 … 105 over 110 pixels.
  assert.ok(Math.abs(linear.toPixel(0) - 5) < 1e-9 && Math.abs(linear.toPixel(100) - 105) < 1e-9);
  assert.deepEqual(linear.ticks, [0, 20, 40, 60, 80, 100]);
  const log = createScale({ kind: 'log', values: [0.001, 10], from: 0, to: 100 });
  assert.ok(Math.abs(log.toPixel(0.1) - 50) < 1e-9);
  assert.deepEqual(log.ticks.map(toTickLabel), ['0.001', '0.01', '0.1', '1', '10']);
  assert.deepEqual([0, 70, 0.0002, 1_234, 12.5, 0.3].map(toTickLabel), ['0', '70', '0.0002', '1234', '12.5', '0.3']);
});
