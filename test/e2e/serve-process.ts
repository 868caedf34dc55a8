/** `gearbox serve` as a process of its own, for tests in which it is signalled or killed. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');
const entry = join(root, 'bin/gearbox.mjs');
/** Starting takes a fraction of a second; on a busy machine it takes longer. */
const START_LIMIT_MS = 30_000;

export interface Finished {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Started {
  readonly child: ChildProcess;
  /** What was printed so far. */
  readonly stdout: () => string;
  readonly stderr: () => string;
  readonly finished: Promise<Finished>;
}

export interface Place {
  /** Home and working folder. */
  readonly home: string;
  readonly environment: Readonly<Record<string, string>>;
}

export const createPlace = async (yaml: string | null, environment: Record<string, string> = {}): Promise<Place> => {
  const home = await mkdtemp(join(tmpdir(), 'gearbox-process-'));
  if (yaml !== null) await writeFile(join(home, 'gearbox.yaml'), yaml);
  return { home, environment };
};

export const removePlace = ({ home }: Place): Promise<void> => rm(home, { recursive: true, force: true });

/** Runs one command line; nothing of this process's environment but PATH is seen by it. */
export const start = ({ home, environment }: Place, args: readonly string[]): Started => {
  const child = spawn(process.execPath, [entry, ...args, '--home', home], {
    cwd: home,
    env: { PATH: process.env['PATH'] ?? '', NODE_NO_WARNINGS: '1', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (bytes: Buffer) => (stdout += bytes.toString('utf8')));
  child.stderr.on('data', (bytes: Buffer) => (stderr += bytes.toString('utf8')));
  const finished = once(child, 'close').then(([code, signal]) => ({
    code: code as number | null,
    signal: signal as NodeJS.Signals | null,
    stdout,
    stderr,
  }));
  return { child, stdout: () => stdout, stderr: () => stderr, finished };
};

export interface Serving extends Started {
  readonly url: string;
}

/** Starts `serve` and waits for its address. Kills it when it does not come. */
export const serve = async (place: Place, args: readonly string[] = []): Promise<Serving> => {
  const started = start(place, ['serve', '--port', '0', '--json', ...args]);
  const end = performance.now() + START_LIMIT_MS;
  while (!started.stdout().includes('\n')) {
    if (started.child.exitCode !== null || performance.now() > end) {
      started.child.kill('SIGKILL');
      throw new Error(`serve did not start: ${started.stderr()}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const { url } = JSON.parse(started.stdout()) as { url: string };
  return { ...started, url };
};
