/** CPU time of the gateway as a multiple of a bare proxy's, over the same work, in interleaved rounds. */
import { setTimeout as sleep } from 'node:timers/promises';
import { median } from '../math/statistics.ts';
import { createBodies, type Load } from './latency-load.ts';
import type { DrivenProcess } from './processes.ts';

/** Records are written behind the answers, within 100 ms: they belong to the round that caused them. */
export const DEFAULT_SETTLE_MS = 300;

export interface RatioScenario {
  readonly name: string;
  readonly model: string;
  readonly stream: boolean;
  readonly requests: number;
  /** The gateway may cost so many times the bare proxy; null: it is only told. */
  readonly target: number | null;
}

export interface RatioRound {
  /** CPU microseconds for one request. */
  readonly bare_us: number;
  readonly gateway_us: number;
  readonly ratio: number;
}

export interface RatioOptions {
  readonly load: Load;
  readonly bare: DrivenProcess;
  readonly gateway: DrivenProcess;
  readonly scenarios: readonly RatioScenario[];
  readonly rounds: number;
  /** Rounds before them that do not count: compilers need thousands of requests until the cost stands still. */
  readonly warmUpRounds: number;
  readonly concurrency: number;
  readonly chars: number;
  /** Waited after each batch before its CPU time is read. */
  readonly settleMs: number;
  readonly report: (line: string) => void;
}

/** The lab's own name of the model behind every component: the bare proxy asks it directly. */
const UPSTREAM_MODEL = 'fast';

interface Measured extends RatioOptions {
  readonly scenario: RatioScenario;
  readonly seed: number;
  readonly isBareFirst: boolean;
}

const measureOne = async (process: DrivenProcess, model: string, measured: Measured): Promise<number> => {
  const { load, scenario, seed, chars, concurrency, settleMs } = measured;
  const { stream, requests } = scenario;
  const bodies = createBodies({ model, chars, stream, seed, count: requests });
  const before = await process.usage();
  await load.sendAll(process.url, bodies, concurrency);
  await sleep(settleMs);
  const after = await process.usage();
  return (after.cpuMicroseconds - before.cpuMicroseconds) / requests;
};

/** Both, in an order that changes from round to round, so that neither always runs on the warmer machine. */
const measureRound = async (measured: Measured): Promise<RatioRound> => {
  const { bare, gateway, scenario, isBareFirst } = measured;
  const ofBare = (): Promise<number> => measureOne(bare, UPSTREAM_MODEL, measured);
  const ofGateway = (): Promise<number> => measureOne(gateway, scenario.model, measured);
  if (isBareFirst) {
    const bareUs = await ofBare();
    const gatewayUs = await ofGateway();
    return { bare_us: bareUs, gateway_us: gatewayUs, ratio: gatewayUs / bareUs };
  }
  const gatewayUs = await ofGateway();
  const bareUs = await ofBare();
  return { bare_us: bareUs, gateway_us: gatewayUs, ratio: gatewayUs / bareUs };
};

export interface RatioResult {
  readonly scenario: RatioScenario;
  readonly rounds: readonly RatioRound[];
  /** Median of the rounds' ratios. */
  readonly ratio: number;
}

/** The warm-up rounds, then those that count, every scenario in each. */
export const measureRatios = async (options: RatioOptions): Promise<readonly RatioResult[]> => {
  const { scenarios, rounds, warmUpRounds, report } = options;
  const byScenario = scenarios.map((): RatioRound[] => []);
  for (let round = 1 - warmUpRounds; round <= rounds; round += 1) {
    report(round < 1 ? 'warming up' : `round ${round} of ${rounds}`);
    for (const [index, scenario] of scenarios.entries()) {
      const measured = await measureRound({ ...options, scenario, seed: round, isBareFirst: round % 2 === 0 });
      if (round >= 1) {
        byScenario[index]?.push(measured);
      }
    }
  }
  return scenarios.map((scenario, index) => {
    const measured = byScenario[index] ?? [];
    return { scenario, rounds: measured, ratio: median(measured.map(({ ratio }) => ratio)) };
  });
};
