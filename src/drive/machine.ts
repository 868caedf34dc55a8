/** The machine that a measurement ran on. */
import { availableParallelism, cpus, loadavg, totalmem } from 'node:os';

export interface MachineFacts {
  readonly node: string;
  readonly platform: string;
  readonly cores: number;
  readonly cpu: string;
  readonly memory_bytes: number;
  /** Mean of runnable processes over the last minute, when the run started; 0 where the system does not count. */
  readonly load_average: number;
}

export const readMachineFacts = (): MachineFacts => ({
  node: process.version,
  platform: `${process.platform} ${process.arch}`,
  cores: availableParallelism(),
  cpu: cpus()[0]?.model ?? 'unknown',
  memory_bytes: totalmem(),
  load_average: Math.round((loadavg()[0] ?? 0) * 100) / 100,
});

/** Above half of the cores, others take turns with what is measured: wall-clock times are then too long. */
const BUSY_SHARE = 0.5;

/** A sentence of warning, or null on a quiet machine. */
export const loadWarning = ({ load_average: load, cores }: MachineFacts): string | null =>
  load <= cores * BUSY_SHARE
    ? null
    : `The machine is busy (load average ${load} on ${cores} cores): ratios of CPU time hold, wall-clock times are inflated.`;
