/** Hot reload: watches gearbox.yaml and the files it refers to, and hands over each new configuration that is valid. */
import { createHash } from 'node:crypto';
import { watch, type FSWatcher } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Editors write a file in several steps; what they leave behind within this time is one change. */
const DEBOUNCE_MS = 100;

/** Where the system reports no changes (network drives, some containers), this finds them. */
const POLL_MS = 5000;

/** What the watcher needs to know about a loaded configuration. */
export interface Watched {
  /** Further files to watch: instructions, secrets. Absolute. */
  readonly files: readonly string[];
}

export interface WatchOptions<Loaded extends Watched> {
  /** Absolute path of the configuration file. */
  readonly path: string;
  /** The configuration in force, for the files that it refers to. */
  readonly current: Watched;
  /** Loads everything anew; rejects when something is wrong. */
  readonly load: () => Promise<Loaded>;
  /** Takes over a valid configuration. */
  readonly onReload: (loaded: Loaded) => void;
  /** Learns why a change was not taken over: the last valid configuration stays in force. */
  readonly onProblem: (error: unknown) => void;
  readonly debounceMs?: number;
  readonly pollMs?: number;
}

export interface ConfigurationWatcher {
  /** Loads now, changed or not (SIGHUP). True: taken over. */
  readonly reload: () => Promise<boolean>;
  /** Ends watching; no callback runs after it resolves. */
  readonly close: () => Promise<void>;
}

/**
 * Watches folders, not files: an editor that saves by renaming, and an orchestrator that swaps a link, replace the file,
 * and a watch on the file itself would go on looking at the old one. Contents decide whether something changed.
 */
export const watchConfiguration = async <Loaded extends Watched>(
  options: WatchOptions<Loaded>,
): Promise<ConfigurationWatcher> => {
  const state: WatchState = {
    files: [options.path, ...options.current.files],
    watchers: new Map(),
    fingerprint: '',
    timer: null,
    running: Promise.resolve(true),
    closed: false,
  };
  state.fingerprint = await fingerprintOf(state.files);
  const reload = (): Promise<boolean> => enqueue(state, () => takeOver(state, options));
  const check = (): Promise<boolean> =>
    enqueue(state, async () => (await fingerprintOf(state.files)) !== state.fingerprint && takeOver(state, options));
  const schedule = (): void => {
    if (state.closed) return;
    if (state.timer !== null) clearTimeout(state.timer);
    state.timer = setTimeout(() => void check(), options.debounceMs ?? DEBOUNCE_MS);
    state.timer.unref();
  };
  watchFolders(state, schedule);
  const poll = setInterval(() => {
    // A folder that was removed and made again is watched again; a load may also have named new ones.
    watchFolders(state, schedule);
    void check();
  }, options.pollMs ?? POLL_MS);
  poll.unref();
  return {
    reload: async () => {
      const taken = await reload();
      watchFolders(state, schedule);
      return taken;
    },
    close: async () => {
      state.closed = true;
      clearInterval(poll);
      if (state.timer !== null) clearTimeout(state.timer);
      for (const watcher of state.watchers.values()) watcher.close();
      await state.running;
    },
  };
};

interface WatchState {
  files: readonly string[];
  /** By folder. */
  readonly watchers: Map<string, FSWatcher>;
  /** Of the contents that were last loaded, valid or not: one mistake is reported once. */
  fingerprint: string;
  timer: NodeJS.Timeout | null;
  /** The last step; steps run one after the other, so that an older load never wins over a newer one. Never rejects. */
  running: Promise<boolean>;
  closed: boolean;
}

const enqueue = (state: WatchState, step: () => Promise<boolean>): Promise<boolean> => {
  state.running = state.running.then(() => (state.closed ? false : step()));
  return state.running;
};

const takeOver = async <Loaded extends Watched>(
  state: WatchState,
  { path, load, onReload, onProblem }: WatchOptions<Loaded>,
): Promise<boolean> => {
  // Taken before loading: a change while it loads differs from it and is loaded as well.
  const before = await fingerprintOf(state.files);
  try {
    const loaded = await load();
    if (state.closed) return false;
    const files = [path, ...loaded.files];
    state.fingerprint = isSameList(files, state.files) ? before : await fingerprintOf(files);
    state.files = files;
    onReload(loaded);
    return true;
  } catch (error) {
    state.fingerprint = before;
    if (!state.closed) onProblem(error);
    return false;
  }
};

const isSameList = (left: readonly string[], right: readonly string[]): boolean =>
  left.length === right.length && left.every((item, index) => item === right[index]);

/** Over names and contents; a file that is missing counts as such. */
const fingerprintOf = async (files: readonly string[]): Promise<string> => {
  const hash = createHash('sha256');
  for (const file of files) {
    const content = await readFile(file).catch(() => null);
    hash.update(`${file}\0${content === null ? 'missing' : content.length}\0`);
    if (content !== null) hash.update(content);
  }
  return hash.digest('hex');
};

const watchFolders = (state: WatchState, onChange: () => void): void => {
  const folders = new Set(state.files.map((file) => dirname(file)));
  for (const [folder, watcher] of state.watchers) {
    if (folders.has(folder)) continue;
    watcher.close();
    state.watchers.delete(folder);
  }
  for (const folder of folders)
    if (!state.watchers.has(folder) && !state.closed) watchFolder(folder, { state, onChange });
};

const watchFolder = (folder: string, { state, onChange }: { state: WatchState; onChange: () => void }): void => {
  try {
    const watcher = watch(folder, { persistent: false }, onChange);
    state.watchers.set(folder, watcher);
    // The folder went away, or the system has no more watches: polling goes on and tries again.
    watcher.on('error', () => {
      watcher.close();
      state.watchers.delete(folder);
    });
  } catch {
    // Not there, or not watchable on this file system: polling finds its changes.
  }
};
