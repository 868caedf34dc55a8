/** How work grows with its input: what tests of running time compare, since seconds mean nothing on a busy machine. */

const FACTOR = 4;
const REPEATS = 3;

const cpuMicroseconds = (run: () => void): number => {
  const before = process.cpuUsage();
  run();
  const { user, system } = process.cpuUsage(before);
  return user + system;
};

/** The least of several runs: what else the process did in the meantime only adds. */
const least = (run: () => void): number => Math.min(...Array.from({ length: REPEATS }, () => cpuMicroseconds(run)));

/**
 * Times by which the CPU time grows when the input grows fourfold: about 4 where it is linear, 16 where it is quadratic.
 * Below a millisecond it is not told from noise and counts as linear.
 */
export const growthOf = (run: (size: number) => void, size: number): number => {
  least(() => run(size));
  const [small, large] = [least(() => run(size)), least(() => run(size * FACTOR))];
  return large < 1_000 ? FACTOR : large / Math.max(small, 250);
};

/** Between linear and quadratic, nearer to linear. */
export const LINEAR_AT_MOST = 9;
