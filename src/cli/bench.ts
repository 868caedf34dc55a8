/** `gearbox bench`: measures of the running product, end to end and in time, with result files and tables. */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { DEFAULT_RESAMPLES } from '../math/bootstrap.ts';
import { brand } from '../brand.ts';
import { readEnvironment } from '../config/environment.ts';
import { InvalidRequestError } from '../errors.ts';
import { parseCount } from './bench-count.ts';
import { finish, warnIfBusy } from './bench-result.ts';
import type { Command } from './command.ts';
import { onboarding } from './bench-onboarding.ts';
import { offline, routing, ROUTING_HELP } from './bench-routing.ts';
import { shares } from './bench-shares.ts';
import { wire, WIRE_HELP } from './bench-wire.ts';
import { packageRoot } from './package-root.ts';
import { runSubcommand, type Subcommand } from './subcommand.ts';

const DEFAULT_FOLDER = 'bench/results';
const DEFAULT_LIMIT = 2_000;
const DEFAULT_CONCURRENCY = 8;
const DEFAULT_SEED = 1;
const PRESETS = ['cost', 'balanced', 'quality', 'latency'];

const LATENCY_DEFAULTS = {
  rounds: 7,
  'warm-up': 4,
  requests: 1_000,
  concurrency: 16,
  decisions: 500,
  'memory-requests': 10_000,
  starts: 5,
} as const;

const help = `Usage: ${brand.binary} bench e2e --data DIR [--limit N] [--objective NAME] [options]
       ${brand.binary} bench latency [options]
       ${brand.binary} bench wire [options]
       ${brand.binary} bench shares --data DIR [--lab] [--out FOLDER]
       ${brand.binary} bench onboarding --data DIR [--limit-models N] [--draws N] [--seed N] [--out FOLDER]
       ${brand.binary} bench routing --data DIR [--sections A,B] [options]
       ${brand.binary} bench offline --data DIR [options]

e2e: the official OpenAI SDK sends prompts of outcome data through a running server, whose fast and thinking components
are models of the lab that play what real models scored. Prints quality, cost and share beside every single component,
a random mixture at equal cost, the prompt-length rule and the oracle at the same share, with 95 % intervals.

  --data DIR        prompts.jsonl(.gz) and outcomes.jsonl(.gz)
  --sets FILE       sets.json that defines mix-fast-thinking (default: in DIR or above it)
  --limit N         prompts, a plain random sample (default ${DEFAULT_LIMIT})
  --seed N          of the sample, of what is streamed and of the intervals (default ${DEFAULT_SEED})
  --concurrency N   requests at a time (default ${DEFAULT_CONCURRENCY})
  --objective X     ${PRESETS.join(', ')}, or USD for one more solved task (default balanced)
  --out FOLDER      result files (default ${DEFAULT_FOLDER})

latency: CPU time, decision time, memory and start-up of the server beside a bare proxy (node:http and undici), each a
process of its own, with the lab as upstream. Prints target and measured value of every row; a missed target is exit 1.

  --rounds N           interleaved rounds, whose median counts (default ${LATENCY_DEFAULTS.rounds})
  --warm-up N          rounds before them that do not count (default ${LATENCY_DEFAULTS['warm-up']})
  --requests N         whole requests in a round; a fifth as many streams (default ${LATENCY_DEFAULTS.requests})
  --concurrency N      requests at a time (default ${LATENCY_DEFAULTS.concurrency})
  --decisions N        decisions timed at each length (default ${LATENCY_DEFAULTS.decisions})
  --memory-requests N  requests before memory is read (default ${LATENCY_DEFAULTS['memory-requests']})
  --starts N           starts, whose median counts (default ${LATENCY_DEFAULTS.starts})
  --out FOLDER         result files (default ${DEFAULT_FOLDER})

${WIRE_HELP}

shares: the share of a set of prompts that each objective would send away from the first component of \`auto\`, by
category; decides only, calls nothing. The pool is your own, or the lab's with --lab.

onboarding: every model of outcome data is left out in turn and comes back with 0 to 1,000 graded calls: how well its
score on each task is foretold, and how much of what routing gains with it is there. Calls nothing.

${ROUTING_HELP}

Results: FOLDER/e2e.json or latency.json, the same as .md, and a line in FOLDER/ledger.jsonl. Servers are processes of
their own with a temporary home; nothing leaves this machine, no key is read. Ctrl-C keeps what e2e has done, as
e2e-partial. Exit code 1 when a check fails.

Examples:
  ${brand.binary} bench e2e --data data/bench --limit 2000 --json
  ${brand.binary} bench latency --json`;

const parseObjective = (text: string): string | number => {
  const usd = Number(text);
  if (PRESETS.includes(text)) {
    return text;
  }
  if (text.trim() !== '' && Number.isFinite(usd) && usd > 0) {
    return usd;
  }
  throw new InvalidRequestError(`--objective: expected ${PRESETS.join(', ')} or USD above 0, given "${text}".`);
};

const parseE2e = (args: readonly string[]) => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      data: { type: 'string' },
      sets: { type: 'string' },
      limit: { type: 'string', default: String(DEFAULT_LIMIT) },
      seed: { type: 'string', default: String(DEFAULT_SEED) },
      concurrency: { type: 'string', default: String(DEFAULT_CONCURRENCY) },
      objective: { type: 'string', default: 'balanced' },
      out: { type: 'string', default: DEFAULT_FOLDER },
    },
  });
  if (values.data === undefined) {
    throw new InvalidRequestError('--data: expected the folder of the outcome data, given nothing. Add --data DIR.');
  }
  return {
    folder: resolve(values.out),
    // Absolute, since the driven processes run in a folder of their own.
    dataFolder: resolve(values.data),
    setsFile: values.sets === undefined ? null : resolve(values.sets),
    limit: parseCount({ name: 'limit', text: values.limit }),
    seed: parseCount({ name: 'seed', text: values.seed, minimum: 0 }),
    concurrency: parseCount({ name: 'concurrency', text: values.concurrency }),
    objective: parseObjective(values.objective),
  };
};

const e2e: Subcommand = async (context, args) => {
  const { folder, ...settings } = parseE2e(args);
  warnIfBusy(context);
  const { runE2e } = await import('../drive/e2e.ts');
  const { renderE2e, toLedgerEntry } = await import('../drive/e2e-table.ts');
  const result = await runE2e({
    ...settings,
    packageRoot,
    environment: readEnvironment(),
    resamples: DEFAULT_RESAMPLES,
    nowMs: Date.now(),
    signal: context.signal,
    report: context.report,
  });
  const failed = result.checks.filter(({ pass }) => !pass);
  for (const { name, expected, measured } of failed) {
    context.fail(`check failed: ${name}: expected ${expected}, measured ${measured}`);
  }
  const markdown = renderE2e(result);
  const pass = failed.length === 0 && !result.partial;
  // An interrupted run never takes the place of a whole one.
  const name = result.partial ? 'e2e-partial' : 'e2e';
  return finish({ folder, name, result, markdown, entry: toLedgerEntry(result), pass }, context);
};

const parseLatency = (args: readonly string[]) => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      rounds: { type: 'string', default: String(LATENCY_DEFAULTS.rounds) },
      'warm-up': { type: 'string', default: String(LATENCY_DEFAULTS['warm-up']) },
      requests: { type: 'string', default: String(LATENCY_DEFAULTS.requests) },
      concurrency: { type: 'string', default: String(LATENCY_DEFAULTS.concurrency) },
      decisions: { type: 'string', default: String(LATENCY_DEFAULTS.decisions) },
      'memory-requests': { type: 'string', default: String(LATENCY_DEFAULTS['memory-requests']) },
      starts: { type: 'string', default: String(LATENCY_DEFAULTS.starts) },
      out: { type: 'string', default: DEFAULT_FOLDER },
    },
  });
  const count = (name: keyof typeof LATENCY_DEFAULTS): number => parseCount({ name, text: values[name] });
  return {
    folder: resolve(values.out),
    rounds: count('rounds'),
    warmUpRounds: count('warm-up'),
    requests: count('requests'),
    concurrency: count('concurrency'),
    decisions: count('decisions'),
    memoryRequests: count('memory-requests'),
    starts: count('starts'),
  };
};

const latency: Subcommand = async (context, args) => {
  const { folder, ...settings } = parseLatency(args);
  warnIfBusy(context);
  const { runLatency } = await import('../drive/latency.ts');
  const { DEFAULT_SETTLE_MS } = await import('../drive/latency-ratio.ts');
  const { renderLatency, toLatencyEntry } = await import('../drive/latency-table.ts');
  const result = await runLatency({
    ...settings,
    settleMs: DEFAULT_SETTLE_MS,
    packageRoot,
    environment: readEnvironment(),
    nowMs: Date.now(),
    signal: context.signal,
    report: context.report,
  });
  const missed = result.rows.filter(({ pass }) => pass === false);
  for (const { name, target, measured, unit } of missed) {
    context.fail(`target missed: ${name}: at most ${target} ${unit}, measured ${measured.toFixed(3)}`);
  }
  const markdown = renderLatency(result);
  const entry = toLatencyEntry(result);
  return finish({ folder, name: 'latency', result, markdown, entry, pass: missed.length === 0 }, context);
};

export const benchCommand: Command = {
  name: 'bench',
  summary: 'measure routing offline and end to end, and latency against a bare proxy',
  help,
  primary: false,
  run: (context) => runSubcommand('bench', { e2e, latency, onboarding, shares, routing, offline, wire }, context),
};
