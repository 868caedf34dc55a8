/**
 * The latency run: what the gateway costs beside a bare proxy. Lab, gateway and proxy are processes of their own; CPU is
 * that of all their threads, so recording on a worker thread counts. Every row says target, measured, pass or fail.
 */
import { quantile } from '../math/statistics.ts';
import { serveArguments, startBareProxy, startLab, startServer, toBinary } from './gateway.ts';
import { MODEL_BY_RULES, renderConfiguration, type DrivenComponent } from './gateway-config.ts';
import { createLoad, type Load } from './latency-load.ts';
import { probeDecideTimes, probeMemory, probeStart, probeWallTimes } from './latency-probes.ts';
import { measureRatios, type RatioResult, type RatioScenario } from './latency-ratio.ts';
import { readMachineFacts, type MachineFacts } from './machine.ts';
import { createProcessGroup, type DrivenProcess, type Environment, type ProcessGroup } from './processes.ts';

export interface LatencyOptions {
  readonly packageRoot: string;
  readonly environment: Environment;
  readonly rounds: number;
  /** Rounds before them that do not count. */
  readonly warmUpRounds: number;
  /** Whole requests in a round; streams are a fifth of it, since each lasts 100 ms. */
  readonly requests: number;
  readonly concurrency: number;
  /** Requests of the decision time at each length. */
  readonly decisions: number;
  readonly memoryRequests: number;
  readonly starts: number;
  /** Waited after each batch before its CPU time is read, milliseconds. */
  readonly settleMs: number;
  readonly nowMs: number;
  readonly signal: AbortSignal;
  readonly report: (line: string) => void;
}

export interface LatencyRow {
  readonly name: string;
  readonly unit: 'times' | 'ms' | 'MB';
  /** At most so much; null for a figure without a target. */
  readonly target: number | null;
  readonly measured: number;
  readonly pass: boolean | null;
  readonly detail: string;
}

export interface LatencyResult {
  readonly benchmark: 'latency';
  readonly at: string;
  readonly rows: readonly LatencyRow[];
  readonly ratios: readonly RatioResult[];
  readonly settings: Readonly<Record<string, number>>;
  readonly machine: MachineFacts;
}

const SHORT_CHARS = 400;
const LONG_CHARS = 100_000;
const STREAM_SHARE = 5;
const EARLY_SHARE = 10;
const WALL_REQUESTS = 200;
const MEBI = 1024 * 1024;

/** Both components are the same model of the lab, so that whatever is chosen, the same bytes come back. */
const COMPONENTS: readonly DrivenComponent[] = [
  { name: 'fast', model: 'fast', effort: 'none', price: { input: 0.2, output: 0.8 } },
  { name: 'thinking', model: 'fast', effort: 'auto', price: { input: 5, output: 20 } },
];

const scenariosOf = (requests: number): readonly RatioScenario[] => {
  const streams = Math.max(1, Math.round(requests / STREAM_SHARE));
  return [
    { name: 'CPU of auto/fast, recorded', model: 'auto/fast', stream: false, requests, target: 1.5 },
    { name: 'CPU of auto, routed by rules', model: MODEL_BY_RULES, stream: false, requests, target: 1.8 },
    { name: 'CPU of auto, routed by what was learned', model: 'auto', stream: false, requests, target: null },
    { name: 'CPU of a 50-event stream', model: 'auto', stream: true, requests: streams, target: 2 },
  ];
};

const toRow = (row: Omit<LatencyRow, 'pass'>): LatencyRow => ({
  ...row,
  pass: row.target === null ? null : row.measured <= row.target,
});

interface Stage extends LatencyOptions {
  readonly group: ProcessGroup;
  readonly labUrl: string;
  readonly load: Load;
}

const startGateway = ({ group, packageRoot, labUrl }: Stage): Promise<DrivenProcess> =>
  startServer(group, { packageRoot, labUrl, objective: 'balanced', components: COMPONENTS });

const startBare = ({ group, labUrl }: Stage): Promise<DrivenProcess> => startBareProxy(group, labUrl);

const micro = (value: number): string => `${Math.round(value)} µs`;

const toRatioRow = ({ scenario, rounds, ratio }: RatioResult): LatencyRow => {
  const ratios = rounds.map((round) => round.ratio);
  const bare = quantile(
    rounds.map((round) => round.bare_us),
    0.5,
  );
  const gateway = quantile(
    rounds.map((round) => round.gateway_us),
    0.5,
  );
  const range = `${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)}`;
  return toRow({
    name: scenario.name,
    unit: 'times',
    target: scenario.target,
    measured: ratio,
    detail: `${micro(gateway)} against ${micro(bare)} a request; rounds ${range}`,
  });
};

const measureDecisions = async (stage: Stage, gateway: DrivenProcess): Promise<readonly LatencyRow[]> => {
  const { load, decisions, report } = stage;
  const warmUp = Math.ceil(decisions / 5);
  report('decision time');
  const short = await probeDecideTimes({ load, gateway, chars: SHORT_CHARS, requests: decisions, warmUp });
  const long = await probeDecideTimes({ load, gateway, chars: LONG_CHARS, requests: decisions, warmUp });
  const describe = (times: readonly number[]): string =>
    `p50 ${quantile(times, 0.5).toFixed(3)}, p90 ${quantile(times, 0.9).toFixed(3)}, p99 ${quantile(times, 0.99).toFixed(3)} ms; wall clock, n ${times.length}`;
  return [
    toRow({
      name: `decision p50 at ${SHORT_CHARS} characters`,
      unit: 'ms',
      target: 0.15,
      measured: quantile(short, 0.5),
      detail: describe(short),
    }),
    toRow({
      name: `decision p99 at ${LONG_CHARS} characters`,
      unit: 'ms',
      target: 2,
      measured: quantile(long, 0.99),
      detail: describe(long),
    }),
  ];
};

interface SharedRun {
  readonly rows: readonly LatencyRow[];
  readonly ratios: readonly RatioResult[];
}

/** Everything that is asked of one gateway and one bare proxy, both warm. */
const measureRunning = async (stage: Stage): Promise<SharedRun> => {
  const gateway = await startGateway(stage);
  const bare = await startBare(stage);
  const scenarios = scenariosOf(stage.requests);
  const ratios = await measureRatios({ ...stage, bare, gateway, scenarios, chars: SHORT_CHARS });
  const wall = await probeWallTimes(stage.load, { bare, gateway }, Math.min(WALL_REQUESTS, stage.requests));
  const decisions = await measureDecisions(stage, gateway);
  await gateway.stop();
  await bare.stop();
  const added = toRow({
    name: 'wall time added to a request, p50',
    unit: 'ms',
    target: null,
    measured: wall.gateway.p50Ms - wall.bare.p50Ms,
    detail: `${wall.gateway.p50Ms.toFixed(2)} against ${wall.bare.p50Ms.toFixed(2)} ms, one at a time; p99 ${wall.gateway.p99Ms.toFixed(2)} against ${wall.bare.p99Ms.toFixed(2)} ms`,
  });
  return { rows: [...ratios.map(toRatioRow), ...decisions, added], ratios };
};

const measureMemory = async (stage: Stage): Promise<readonly LatencyRow[]> => {
  const { load, concurrency, memoryRequests: requests, report } = stage;
  const early = Math.max(1, Math.round(requests / EARLY_SHARE));
  report(`memory over ${requests} requests`);
  const gateway = await startGateway(stage);
  const ours = await probeMemory({ load, process: gateway, model: 'auto', concurrency, early, requests });
  await gateway.stop();
  const bare = await startBare(stage);
  const theirs = await probeMemory({ load, process: bare, model: 'fast', concurrency, early, requests });
  await bare.stop();
  const mebi = (bytes: number): string => `${(bytes / MEBI).toFixed(1)} MB`;
  return [
    toRow({
      name: `RSS after ${requests} requests`,
      unit: 'times',
      target: 1.8,
      measured: ours.rssBytes / theirs.rssBytes,
      detail: `${mebi(ours.rssBytes)} against ${mebi(theirs.rssBytes)} of the bare proxy`,
    }),
    toRow({
      name: `heap growth from request ${early} to ${requests}`,
      unit: 'MB',
      target: 5,
      measured: (ours.heapBytes - ours.earlyHeapBytes) / MEBI,
      detail: `${mebi(ours.earlyHeapBytes)} to ${mebi(ours.heapBytes)} after collection; main thread`,
    }),
  ];
};

const measureStart = async ({ group, packageRoot, labUrl, starts, report }: Stage): Promise<LatencyRow> => {
  report('start-up');
  const text = renderConfiguration({ labUrl, components: COMPONENTS, objective: 'balanced' });
  const config = await group.writeFile('start.yaml', text);
  const binary = toBinary(packageRoot);
  const toCommand = (port: number): readonly string[] => [binary, ...serveArguments(config, port)];
  return toRow({
    name: 'exec to first answered /healthz',
    unit: 'ms',
    target: 1_000,
    measured: await probeStart({ group, starts, toCommand }),
    detail: `median of ${starts} starts, warm compile cache; wall clock`,
  });
};

/** Runs it, and ends every process in every case. */
export const runLatency = async (options: LatencyOptions): Promise<LatencyResult> => {
  const { signal, rounds, warmUpRounds, requests, concurrency, decisions, memoryRequests, starts } = options;
  const machine = readMachineFacts();
  const group = await createProcessGroup(options.environment);
  const load = createLoad();
  // An interrupt ends the processes under the run, which then fails at its next request: half a run has no medians.
  const interrupt = (): void => void group.close();
  signal.addEventListener('abort', interrupt, { once: true });
  try {
    const lab = await startLab(group, options.packageRoot, { timeScale: 1 });
    const stage: Stage = { ...options, group, load, labUrl: lab.url };
    const running = await measureRunning(stage);
    const memory = await measureMemory(stage);
    const start = await measureStart(stage);
    return {
      benchmark: 'latency',
      at: new Date(options.nowMs).toISOString(),
      rows: [...running.rows, ...memory, start],
      ratios: running.ratios,
      settings: {
        rounds,
        warm_up_rounds: warmUpRounds,
        requests,
        concurrency,
        decisions,
        memory_requests: memoryRequests,
        starts,
      },
      machine,
    };
  } finally {
    signal.removeEventListener('abort', interrupt);
    await load.close();
    await group.close();
  }
};
