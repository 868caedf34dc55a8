/** CPU time of work, for tests of running time: seconds on the clock mean nothing on a busy machine. */

export interface CpuTimeOptions {
  readonly rounds: number;
  /** Runs in a round. */
  readonly calls: number;
}

/** Microseconds of one run in the cheapest round: what else the machine did in the meantime only adds. */
export const leastCpuMicroseconds = (run: () => unknown, { rounds, calls }: CpuTimeOptions): number => {
  let least = Number.POSITIVE_INFINITY;
  for (let round = 0; round < rounds; round += 1) {
    const before = process.cpuUsage();
    for (let call = 0; call < calls; call += 1) run();
    const { user, system } = process.cpuUsage(before);
    least = Math.min(least, (user + system) / calls);
  }
  return least;
};

const FACTOR = 4;
const ROUNDS = { rounds: 3, calls: 1 };

/**
 * Times by which the CPU time grows when the input grows fourfold: about 4 where it is linear, 16 where it is quadratic.
 * Below a millisecond it is not told from noise and counts as linear.
 */
export const growthOf = (run: (size: number) => unknown, size: number): number => {
  leastCpuMicroseconds(() => run(size), ROUNDS);
  const small = leastCpuMicroseconds(() => run(size), ROUNDS);
  const large = leastCpuMicroseconds(() => run(size * FACTOR), ROUNDS);
  return large < 1_000 ? FACTOR : large / Math.max(small, 250);
};

/** Between linear and quadratic, nearer to linear. */
export const LINEAR_AT_MOST = 9;
