/** Driven processes: started with a home of their own, waited for until they listen, and ended in every case. */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { brand } from '../brand.ts';
import { DataError } from '../errors.ts';
import type { UsageReply } from './child-link.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Loading outcome data takes seconds, and more on a busy machine. */
const START_TIMEOUT_MS = 120_000;
const STOP_TIMEOUT_MS = 10_000;
const USAGE_TIMEOUT_MS = 30_000;
const MAX_ERROR_TAIL_CHARS = 2_000;

/** What a driven process may see of the environment: no provider key, no proxy, no setting of an installation. */
const PASSED_ON = ['PATH', 'TMPDIR', 'TEMP', 'TMP', 'LANG', 'LC_ALL', 'TZ', 'SystemRoot', 'NODE_COMPILE_CACHE'];

export const toChildEnvironment = (environment: Environment, home: string): Record<string, string> => ({
  ...Object.fromEntries(
    PASSED_ON.flatMap((name) => {
      const value = environment[name];
      return value === undefined ? [] : [[name, value] as const];
    }),
  ),
  HOME: home,
  USERPROFILE: home,
  [`${brand.environmentPrefix}HOME`]: join(home, 'state'),
  NODE_NO_WARNINGS: '1',
});

/** A module beside this one, with the ending that this build has: .ts in a checkout, .js in the package. */
export const siblingModule = (name: string): string =>
  join(import.meta.dirname, `${name}${extname(import.meta.filename)}`);

export interface DrivenOptions {
  /** For messages. */
  readonly name: string;
  /** The script and its arguments; it must print one line of JSON with `url` once it listens. */
  readonly command: readonly string[];
}

export interface DrivenProcess {
  readonly name: string;
  readonly url: string;
  /** What the process has used so far. Throws DataError when it has ended. */
  readonly usage: (options?: { readonly collect?: boolean }) => Promise<UsageReply>;
  /** SIGTERM, and SIGKILL if that does not end it in time. */
  readonly stop: () => Promise<void>;
}

export interface ProcessGroup {
  /** A temporary folder of the run, also the home of its processes. */
  readonly folder: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly writeFile: (name: string, text: string) => Promise<string>;
  /** Starts a process and resolves once it listens. Throws DataError with what it printed when it does not. */
  readonly start: (options: DrivenOptions) => Promise<DrivenProcess>;
  /** Starts a process as a user would, without the preloaded link; its output is dropped. */
  readonly spawnPlain: (command: readonly string[]) => ChildProcess;
  readonly stopChild: (child: ChildProcess) => Promise<void>;
  /** Ends every process and removes the folder. */
  readonly close: () => Promise<void>;
}

const listeningSchema = z.object({ url: z.url() });

const parseListening = (line: string): string | null => {
  try {
    return listeningSchema.parse(JSON.parse(line)).url;
  } catch {
    // Another line of output, printed before the one that is waited for.
    return null;
  }
};

const hasEnded = (child: ChildProcess): boolean => child.exitCode !== null || child.signalCode !== null;

const waitForEnd = async (child: ChildProcess, timeoutMs: number): Promise<boolean> => {
  if (hasEnded(child)) {
    return true;
  }
  const timeout = new AbortController();
  const ended = new Promise<boolean>((resolve) => {
    child.once('exit', () => resolve(true));
  });
  const late = sleep(timeoutMs, false, { signal: timeout.signal }).catch(() => false);
  const result = await Promise.race([ended, late]);
  timeout.abort();
  return result;
};

const stopChild = async (child: ChildProcess): Promise<void> => {
  if (child.pid === undefined) {
    return; // it was never started
  }
  child.kill('SIGTERM');
  if (!(await waitForEnd(child, STOP_TIMEOUT_MS))) {
    child.kill('SIGKILL');
    await waitForEnd(child, STOP_TIMEOUT_MS);
  }
};

/** The address that the process prints. Rejects when it ends first or says nothing for too long. */
const waitForAddress = (child: ChildProcess, name: string): Promise<string> =>
  new Promise((resolve, reject) => {
    let output = '';
    let errors = '';
    const finish = (settle: () => void): void => {
      clearTimeout(timer);
      child.removeListener('exit', onExit);
      child.removeListener('error', onError);
      settle();
    };
    const fail = (what: string): void =>
      finish(() =>
        reject(new DataError(`${name} ${what}. It printed: ${errors.trim() || output.trim() || 'nothing'}`)),
      );
    const onExit = (code: number | null): void => fail(`ended with exit code ${code} before it listened`);
    const onError = (error: Error): void => fail(`could not be started: ${error.message}`);
    const timer = setTimeout(() => fail(`did not listen within ${START_TIMEOUT_MS / 1_000} s`), START_TIMEOUT_MS);
    child.once('exit', onExit);
    child.once('error', onError);
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      errors = (errors + text).slice(-MAX_ERROR_TAIL_CHARS);
    });
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      const lines = (output + text).split('\n');
      output = lines.pop() ?? '';
      const url = lines.map(parseListening).find((found) => found !== null);
      if (url !== undefined) {
        finish(() => resolve(url));
      }
    });
  });

const createUsage = (child: ChildProcess, name: string): DrivenProcess['usage'] => {
  let next = 0;
  return ({ collect = false } = {}) =>
    new Promise((resolve, reject) => {
      next += 1;
      const id = next;
      const finish = (settle: () => void): void => {
        clearTimeout(timer);
        child.removeListener('message', onMessage);
        child.removeListener('exit', onExit);
        settle();
      };
      const fail = (what: string): void => finish(() => reject(new DataError(`${name} ${what}`)));
      const onMessage = (reply: unknown): void => {
        const measured = reply as UsageReply; // the other end is child-link.ts of this same package
        if (measured.id === id) {
          finish(() => resolve(measured));
        }
      };
      const onExit = (): void => fail('ended before it said what it used');
      const timer = setTimeout(() => fail('does not answer what it used'), USAGE_TIMEOUT_MS);
      child.on('message', onMessage);
      child.once('exit', onExit);
      if (hasEnded(child)) {
        onExit();
        return;
      }
      child.send({ id, collect });
    });
};

/**
 * A group in a temporary folder. Its processes stand outside the terminal's foreground group, so Ctrl-C reaches the
 * harness alone, which then ends them in order; if the harness dies, its processes notice and end themselves.
 */
export const createProcessGroup = async (environment: Environment): Promise<ProcessGroup> => {
  const folder = await mkdtemp(join(tmpdir(), `${brand.binary}-drive-`));
  const children = new Set<ChildProcess>();
  const childEnvironment = toChildEnvironment(environment, folder);
  const killAll = (): void => {
    for (const child of children) {
      child.kill('SIGKILL');
    }
  };
  process.once('exit', killAll);

  const track = (child: ChildProcess): void => {
    children.add(child);
    child.once('exit', () => children.delete(child));
  };

  const start = async ({ name, command }: DrivenOptions): Promise<DrivenProcess> => {
    const child = spawn(process.execPath, ['--expose-gc', '--import', siblingModule('child-link'), ...command], {
      cwd: folder,
      env: childEnvironment,
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      detached: process.platform !== 'win32',
    });
    track(child);
    try {
      const url = await waitForAddress(child, name);
      return { name, url, usage: createUsage(child, name), stop: () => stopChild(child) };
    } catch (error) {
      await stopChild(child);
      throw error;
    }
  };

  const spawnPlain = (command: readonly string[]): ChildProcess => {
    const child = spawn(process.execPath, command, {
      cwd: folder,
      env: childEnvironment,
      stdio: 'ignore',
      detached: process.platform !== 'win32',
    });
    track(child);
    // Whoever waits for an answer of a process that could not be started gives up in time; see latency-probes.ts.
    child.on('error', () => {});
    return child;
  };

  return {
    folder,
    environment: childEnvironment,
    start,
    spawnPlain,
    stopChild,
    writeFile: async (name, text) => {
      const path = join(folder, name);
      await writeFile(path, text);
      return path;
    },
    close: async () => {
      await Promise.all([...children].map(stopChild));
      process.removeListener('exit', killAll);
      await rm(folder, { recursive: true, force: true });
    },
  };
};
