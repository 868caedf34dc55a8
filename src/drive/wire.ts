/**
 * The wire run: every client protocol over every provider protocol for correctness; translated streams for their CPU beside
 * a bare proxy's, the time to their first token, and two thousand slow ones at a time.
 */
import { createLab, type Lab } from '../lab/lab.ts';
import { createScript, type LabModel } from '../lab/script.ts';
import { quantile } from '../math/statistics.ts';
import { startBareProxy, startConfigured, startLab } from './gateway.ts';
import { createLoad } from './latency-load.ts';
import { measureRatios, type RatioResult } from './latency-ratio.ts';
import { readMachineFacts, type MachineFacts } from './machine.ts';
import { createProcessGroup, type Environment, type ProcessGroup } from './processes.ts';
import { probeFirstToken, type FirstToken } from './wire-first-token.ts';
import { runMatrix, UPSTREAMS, type Cell, type Upstream } from './wire-matrix.ts';
import { runSlowStreams, type SlowStreams } from './wire-slow-streams.ts';

export interface WireOptions {
  readonly packageRoot: string;
  readonly environment: Environment;
  readonly rounds: number;
  readonly warmUpRounds: number;
  /** Streams in a round. */
  readonly requests: number;
  readonly concurrency: number;
  /** Slow streams at a time. */
  readonly slowStreams: number;
  readonly slowEventsPerSecond: number;
  readonly firstTokenRequests: number;
  readonly settleMs: number;
  readonly nowMs: number;
  readonly signal: AbortSignal;
  readonly report: (line: string) => void;
}

export interface WireRow {
  readonly name: string;
  readonly unit: 'times' | 'ms' | 'streams' | 'cells' | 'MB';
  /** `most`: at most the target; `least`: at least; null: it is only told. */
  readonly target: { readonly bound: 'most' | 'least'; readonly value: number } | null;
  readonly measured: number;
  readonly pass: boolean | null;
  readonly detail: string;
}

export interface WireResult {
  readonly benchmark: 'wire';
  readonly at: string;
  readonly matrix: {
    readonly cells: number;
    readonly passed: number;
    readonly emulated: number;
    readonly impossible: number;
    readonly failed: number;
  };
  readonly cells: readonly Cell[];
  readonly rows: readonly WireRow[];
  readonly ratios: readonly RatioResult[];
  readonly settings: Readonly<Record<string, number>>;
  readonly machine: MachineFacts;
}

const MEBI = 1024 * 1024;
const RATIO_TARGET = 2;
const FIRST_TOKEN_TARGET_MS = 1;

/** The lab's only kind of thinker here: it thinks, then says what a directive tells it. */
const toThinker = (): LabModel => {
  const timing = { firstTokenMs: 0, tokensPerSecond: 0, tokensPerEvent: 4 };
  return { type: 'script', script: createScript({ text: 'Done.', reasoning: 'I think it over.', timing }) };
};

/** Models of the catalog under their own names, so that the matrix sees what their facts make of a request. */
const MATRIX_MODELS: Readonly<Record<Upstream, string>> = {
  chat: 'openai/gpt-5.5',
  responses: 'replies/gpt-5.5',
  messages: 'anthropic/claude-opus-5.5',
};
const SPEED_MODELS: Readonly<Record<Upstream, string>> = {
  chat: 'openai/fast',
  responses: 'replies/fast',
  messages: 'anthropic/fast',
};
const PRICE = { input: 0.2, output: 0.8 };

interface ConfigurationParts {
  readonly labUrl: string;
  readonly keyFile: string;
  readonly models: Readonly<Record<Upstream, string>>;
  readonly isPriced: boolean;
}

/** gearbox.yaml, written as JSON, which is YAML too. */
const renderConfiguration = ({ labUrl, keyFile, models, isPriced }: ConfigurationParts): string => {
  const key = `file:${keyFile}`;
  const price = isPriced ? { price: PRICE } : {};
  return JSON.stringify({
    version: 1,
    providers: {
      openai: { base_url: `${labUrl}/v1`, responses: false, key },
      replies: { protocol: 'openai-responses', base_url: `${labUrl}/v1`, key },
      anthropic: { base_url: labUrl, key },
    },
    components: Object.fromEntries(
      UPSTREAMS.map((name) => [
        name,
        { model: models[name], effort: isPriced ? 'none' : 'auto', role: name, ...price },
      ]),
    ),
    models: { auto: { components: UPSTREAMS, policy: 'static' } },
  });
};

interface Stage extends WireOptions {
  readonly group: ProcessGroup;
}

const startGateway = async ({ group, packageRoot }: Stage, parts: Omit<ConfigurationParts, 'keyFile'>) => {
  const keyFile = await group.writeFile('key', 'sk-made-up');
  const config = await group.writeFile('wire.yaml', renderConfiguration({ ...parts, keyFile }));
  return startConfigured(group, packageRoot, config);
};

const measureMatrix = async (stage: Stage): Promise<readonly Cell[]> => {
  stage.report('matrix of conversions');
  const thinker = toThinker();
  const lab: Lab = createLab({ timeScale: 0, models: { 'gpt-5.5': thinker, 'claude-opus-5-5': thinker } });
  const { url } = await lab.listen();
  try {
    const gateway = await startGateway(stage, { labUrl: url, models: MATRIX_MODELS, isPriced: false });
    const cells = await runMatrix(gateway.url);
    await gateway.stop();
    return cells;
  } finally {
    await lab.close();
  }
};

const NAMES: Readonly<Record<Upstream, string>> = {
  chat: 'CPU of a 50-event stream, passed through',
  responses: 'CPU of a 50-event stream, translated from Responses',
  messages: 'CPU of a 50-event stream, translated from Messages',
};

interface Measured {
  readonly ratios: readonly RatioResult[];
  readonly firstTokens: ReadonlyMap<Upstream, FirstToken>;
  readonly slow: SlowStreams;
}

const FIRST_TOKEN_UPSTREAMS = ['chat', 'messages'] as const satisfies readonly Upstream[];

const measureSpeed = async (stage: Stage): Promise<Measured> => {
  const { group, report, requests } = stage;
  const lab = await startLab(group, stage.packageRoot, { timeScale: 1 });
  const gateway = await startGateway(stage, { labUrl: lab.url, models: SPEED_MODELS, isPriced: true });
  const bare = await startBareProxy(group, lab.url);
  const load = createLoad();
  try {
    const scenarios = UPSTREAMS.map((upstream) => ({
      name: NAMES[upstream],
      model: `auto/${upstream}`,
      stream: true,
      requests,
      target: upstream === 'chat' ? null : RATIO_TARGET,
    }));
    const ratios = await measureRatios({ ...stage, load, bare, gateway, scenarios, chars: 400 });
    const firstTokens = new Map<Upstream, FirstToken>();
    for (const upstream of FIRST_TOKEN_UPSTREAMS) {
      report(`time to the first token, ${upstream}`);
      firstTokens.set(
        upstream,
        await probeFirstToken({
          gatewayUrl: gateway.url,
          labUrl: lab.url,
          bareUrl: bare.url,
          model: `auto/${upstream}`,
          requests: stage.firstTokenRequests,
        }),
      );
    }
    report(`${stage.slowStreams} slow streams at a time`);
    const slow = await runSlowStreams({
      gateway,
      model: 'auto/messages',
      streams: stage.slowStreams,
      eventsPerSecond: stage.slowEventsPerSecond,
    });
    return { ratios, firstTokens, slow };
  } finally {
    await load.close();
  }
};

const isMet = (measured: number, target: WireRow['target']): boolean | null => {
  if (target === null) return null;
  return target.bound === 'most' ? measured <= target.value : measured >= target.value;
};

const toRow = (row: Omit<WireRow, 'pass'>): WireRow => ({ ...row, pass: isMet(row.measured, row.target) });

const micro = (values: readonly number[]): string => `${Math.round(quantile(values, 0.5))} µs`;

const toRatioRow = ({ scenario, rounds, ratio }: RatioResult): WireRow =>
  toRow({
    name: scenario.name,
    unit: 'times',
    target: scenario.target === null ? null : { bound: 'most', value: scenario.target },
    measured: ratio,
    detail: `${micro(rounds.map(({ gateway_us: us }) => us))} against ${micro(rounds.map(({ bare_us: us }) => us))} of a bare proxy that translates nothing`,
  });

const toFirstTokenRow = ([upstream, { labMs, gatewayMs, bareMs, addedMs }]: readonly [Upstream, FirstToken]): WireRow =>
  toRow({
    name: `time to the first token added, over ${upstream}, p50`,
    unit: 'ms',
    target: { bound: 'most', value: FIRST_TOKEN_TARGET_MS },
    measured: addedMs,
    detail: `${gatewayMs.toFixed(2)} against ${labMs.toFixed(2)} ms of the lab itself, one at a time; the bare proxy adds ${(bareMs - labMs).toFixed(2)} ms`,
  });

const toSlowRows = ({ streams, correct, rssBytes, elapsedMs }: SlowStreams): readonly WireRow[] => [
  toRow({
    name: 'slow translated streams at a time, each whole',
    unit: 'streams',
    target: { bound: 'least', value: streams },
    measured: correct,
    detail: `${correct} of ${streams} in ${(elapsedMs / 1_000).toFixed(1)} s, one process`,
  }),
  toRow({
    name: 'RSS with all of them open',
    unit: 'MB',
    target: null,
    measured: rssBytes / MEBI,
    detail: `${(rssBytes / streams / 1024).toFixed(0)} kB a stream, the process itself included`,
  }),
];

const countOf = (cells: readonly Cell[], result: Cell['result']): number =>
  cells.filter((cell) => cell.result === result).length;

/** Runs it, and ends every process in every case. */
export const runWire = async (options: WireOptions): Promise<WireResult> => {
  const machine = readMachineFacts();
  const group = await createProcessGroup(options.environment);
  // An interrupt ends the processes under the run, which then fails at its next request: half a run has no medians.
  const interrupt = (): void => void group.close();
  options.signal.addEventListener('abort', interrupt, { once: true });
  try {
    const stage: Stage = { ...options, group };
    const cells = await measureMatrix(stage);
    const { ratios, firstTokens, slow } = await measureSpeed(stage);
    const failed = countOf(cells, 'failed');
    const works = toRow({
      name: 'conversions that fail',
      unit: 'cells',
      target: { bound: 'most', value: 0 },
      measured: failed,
      detail: `${cells.length} cells: 3 clients × 3 provider protocols × ${cells.length / 9} scenarios`,
    });
    const { rounds, warmUpRounds, requests, concurrency, slowStreams, firstTokenRequests } = options;
    return {
      benchmark: 'wire',
      at: new Date(options.nowMs).toISOString(),
      matrix: {
        cells: cells.length,
        passed: countOf(cells, 'passed'),
        emulated: countOf(cells, 'emulated'),
        impossible: countOf(cells, 'impossible'),
        failed,
      },
      cells,
      rows: [works, ...ratios.map(toRatioRow), ...[...firstTokens].map(toFirstTokenRow), ...toSlowRows(slow)],
      ratios,
      settings: {
        rounds,
        warm_up_rounds: warmUpRounds,
        requests,
        concurrency,
        slow_streams: slowStreams,
        first_token_requests: firstTokenRequests,
      },
      machine,
    };
  } finally {
    options.signal.removeEventListener('abort', interrupt);
    await group.close();
  }
};
