/** Single measurements of the latency run: decision time, memory after many requests, time to the first answer. */
import type { ChildProcess } from 'node:child_process';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { request } from 'undici';
import { DataError } from '../errors.ts';
import { median, quantile } from '../math/statistics.ts';
import { fetchDecision } from './gateway-client.ts';
import { createBodies, type Load } from './latency-load.ts';
import type { DrivenProcess, ProcessGroup } from './processes.ts';

export interface DecideProbe {
  readonly load: Load;
  readonly gateway: DrivenProcess;
  readonly chars: number;
  readonly requests: number;
  /** Asked first and not counted. */
  readonly warmUp: number;
}

/** Decision times in milliseconds, as the gateway records them (wall clock), one request at a time. */
export const probeDecideTimes = async (probe: DecideProbe): Promise<readonly number[]> => {
  const { load, gateway, chars, requests, warmUp } = probe;
  const bodies = createBodies({ model: 'auto', chars, stream: false, seed: chars, count: warmUp + requests });
  const ids: string[] = [];
  for (const body of bodies) {
    const { decisionId } = await load.send(gateway.url, body);
    if (decisionId === null) {
      throw new DataError('a routed answer without a decision header: decision times cannot be read.');
    }
    ids.push(decisionId);
  }
  const times: number[] = [];
  for (const id of ids.slice(warmUp)) {
    const decision = await fetchDecision(gateway.url, id);
    if (decision === null) {
      throw new DataError(`decision ${id} was answered but is not in the store.`);
    }
    times.push(decision.decide_us / 1_000);
  }
  return times;
};

export interface WallTimes {
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** Wall time of single requests, bare and through the gateway in turns. */
export const probeWallTimes = async (
  load: Load,
  { bare, gateway }: { readonly bare: DrivenProcess; readonly gateway: DrivenProcess },
  requests: number,
): Promise<{ readonly bare: WallTimes; readonly gateway: WallTimes }> => {
  const direct = createBodies({ model: 'fast', chars: 400, stream: false, seed: 1, count: requests });
  const routed = createBodies({ model: 'auto', chars: 400, stream: false, seed: 1, count: requests });
  const bareMs: number[] = [];
  const gatewayMs: number[] = [];
  for (const [index, body] of direct.entries()) {
    bareMs.push((await load.send(bare.url, body)).wallMs);
    gatewayMs.push((await load.send(gateway.url, routed[index] ?? body)).wallMs);
  }
  const toTimes = (times: readonly number[]): WallTimes => ({
    p50Ms: quantile(times, 0.5),
    p99Ms: quantile(times, 0.99),
  });
  return { bare: toTimes(bareMs), gateway: toTimes(gatewayMs) };
};

export interface MemoryProbe {
  readonly load: Load;
  readonly process: DrivenProcess;
  readonly model: string;
  readonly concurrency: number;
  /** The heap is read after so many requests, and again after all. */
  readonly early: number;
  readonly requests: number;
}

export interface MemoryUse {
  /** After all requests, before any collection that was asked for then. */
  readonly rssBytes: number;
  /** Heap of the main thread that a collection leaves. */
  readonly earlyHeapBytes: number;
  readonly heapBytes: number;
}

const CHUNK = 1_000;

/** Memory of a fresh process over many requests. */
export const probeMemory = async (probe: MemoryProbe): Promise<MemoryUse> => {
  const { load, process, model, concurrency, early, requests } = probe;
  let seed = 0;
  const send = async (count: number): Promise<void> => {
    // In chunks, so that the bodies do not all stand in this process's memory at once.
    for (let left = count; left > 0; left -= CHUNK) {
      seed += 1;
      const bodies = createBodies({ model, chars: 400, stream: false, seed, count: Math.min(CHUNK, left) });
      await load.sendAll(process.url, bodies, concurrency);
    }
  };
  await send(early);
  const { heapBytes: earlyHeapBytes } = await process.usage({ collect: true });
  await send(requests - early);
  const { rssBytes } = await process.usage();
  const { heapBytes } = await process.usage({ collect: true });
  return { rssBytes, earlyHeapBytes, heapBytes };
};

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });

const POLL_MS = 4;
const START_TIMEOUT_MS = 60_000;

const isAnswered = async (url: string): Promise<boolean> => {
  try {
    const { statusCode, body } = await request(url);
    await body.dump();
    return statusCode === 200;
  } catch {
    // Refused: it does not listen yet, which is what is being waited for.
    return false;
  }
};

const waitForAnswer = async (url: string, child: ChildProcess, startedAtMs: number): Promise<number> => {
  while (!(await isAnswered(url))) {
    if (child.pid === undefined || child.exitCode !== null || performance.now() - startedAtMs > START_TIMEOUT_MS) {
      throw new DataError(`serve did not answer ${url} (exit code ${child.exitCode}).`);
    }
    await sleep(POLL_MS);
  }
  return performance.now() - startedAtMs;
};

export interface StartProbe {
  readonly group: ProcessGroup;
  /** The command that serves on a port. */
  readonly toCommand: (port: number) => readonly string[];
  readonly starts: number;
}

/** Median milliseconds from exec to the first answered /healthz; the first start fills the compile cache, uncounted. */
export const probeStart = async ({ group, toCommand, starts }: StartProbe): Promise<number> => {
  const times: number[] = [];
  for (let start = 0; start <= starts; start += 1) {
    const port = await freePort();
    const startedAtMs = performance.now();
    const child = group.spawnPlain(toCommand(port));
    const elapsedMs = await waitForAnswer(`http://127.0.0.1:${port}/healthz`, child, startedAtMs);
    // An orderly end: the compile cache is written when a process exits by itself.
    await group.stopChild(child);
    if (start > 0) {
      times.push(elapsedMs);
    }
  }
  return median(times);
};
