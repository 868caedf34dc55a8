/** `gearbox bench wire`: conversions between all protocols, and what translated streams cost. */
import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { readEnvironment } from '../config/environment.ts';
import { parseCount } from './bench-count.ts';
import { finish, warnIfBusy } from './bench-result.ts';
import { packageRoot } from './package-root.ts';
import type { Subcommand } from './subcommand.ts';

const DEFAULT_FOLDER = 'bench/results';
const DEFAULTS = {
  rounds: 7,
  'warm-up': 4,
  requests: 200,
  concurrency: 16,
  streams: 2_000,
  'first-tokens': 200,
} as const;

/** 40 events over 6 seconds: all of the streams are open at a time for most of it. */
const SLOW_EVENTS_PER_SECOND = 7;

export const WIRE_HELP = `wire: every client protocol over every provider protocol (whole and streamed, over real sockets, through the lab); the CPU of
translated streams beside a bare proxy that translates nothing; the time to the first token; many slow streams at a time.

  --rounds N        interleaved rounds, whose median counts (default ${DEFAULTS.rounds})
  --warm-up N       rounds before them that do not count (default ${DEFAULTS['warm-up']})
  --requests N      streams of 50 events in a round (default ${DEFAULTS.requests})
  --concurrency N   of them at a time (default ${DEFAULTS.concurrency})
  --streams N       slow streams at a time (default ${DEFAULTS.streams})
  --first-tokens N  streams whose first token is timed (default ${DEFAULTS['first-tokens']})
  --document FILE   also write what works with what, as docs/compatibility.md (default: not written)
  --out FOLDER      result files (default ${DEFAULT_FOLDER})`;

const parseFlags = (args: readonly string[]) => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      rounds: { type: 'string', default: String(DEFAULTS.rounds) },
      'warm-up': { type: 'string', default: String(DEFAULTS['warm-up']) },
      requests: { type: 'string', default: String(DEFAULTS.requests) },
      concurrency: { type: 'string', default: String(DEFAULTS.concurrency) },
      streams: { type: 'string', default: String(DEFAULTS.streams) },
      'first-tokens': { type: 'string', default: String(DEFAULTS['first-tokens']) },
      document: { type: 'string' },
      out: { type: 'string', default: DEFAULT_FOLDER },
    },
  });
  const count = (name: keyof typeof DEFAULTS): number => parseCount({ name, text: values[name] });
  return {
    folder: resolve(values.out),
    document: values.document === undefined ? null : resolve(values.document),
    rounds: count('rounds'),
    warmUpRounds: count('warm-up'),
    requests: count('requests'),
    concurrency: count('concurrency'),
    slowStreams: count('streams'),
    firstTokenRequests: count('first-tokens'),
  };
};

export const wire: Subcommand = async (context, args) => {
  const { folder, document, ...settings } = parseFlags(args);
  warnIfBusy(context);
  const { runWire } = await import('../drive/wire.ts');
  const { DEFAULT_SETTLE_MS } = await import('../drive/latency-ratio.ts');
  const { renderCompatibility, renderWire, toWireEntry } = await import('../drive/wire-table.ts');
  const { loadAgentRuns } = await import('../drive/agent-runs.ts');
  const result = await runWire({
    ...settings,
    slowEventsPerSecond: SLOW_EVENTS_PER_SECOND,
    settleMs: DEFAULT_SETTLE_MS,
    packageRoot,
    environment: readEnvironment(),
    nowMs: Date.now(),
    signal: context.signal,
    report: context.report,
  });
  for (const { client, upstream, scenario, detail } of result.cells.filter((cell) => cell.result === 'failed'))
    context.fail(`conversion failed: ${client} over ${upstream}, ${scenario}: ${detail}`);
  const missed = result.rows.filter(({ pass }) => pass === false);
  for (const { name, target, measured } of missed)
    context.fail(`target missed: ${name}: at ${target?.bound} ${target?.value}, measured ${measured.toFixed(3)}`);
  const markdown = renderWire(result);
  const pass = missed.length === 0;
  const code = await finish({ folder, name: 'wire', result, markdown, entry: toWireEntry(result), pass }, context);
  if (document !== null) {
    const runs = await loadAgentRuns(join(folder, 'agents.json'));
    await writeFile(document, `${renderCompatibility(result, runs)}\n`);
    context.report(`written: ${document}`);
  }
  return code;
};
