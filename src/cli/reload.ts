/** Reload: a running server follows its configuration file, and says what it took over and what it could not. */
import { brand } from '../brand.ts';
import { checkBind } from '../config/bind.ts';
import type { LoadedConfiguration } from '../config/load.ts';
import { listRestartChanges } from '../config/settings.ts';
import { watchConfiguration } from '../config/watch.ts';
import { ConfigError } from '../errors.ts';
import type { Gearbox } from '../index.ts';
import type { Logger } from '../server/log.ts';
import type { CommandContext } from './command.ts';
import type { Source } from './start.ts';

interface Running {
  readonly gearbox: Gearbox;
  readonly log: Logger;
}

/**
 * The search for a configuration ends elsewhere when its file is gone: in another file, or in the lab, which has no
 * client keys and would let everybody in. Throws ConfigError.
 */
const loadSameFile = async (source: Source, path: string): Promise<LoadedConfiguration> => {
  const next = await source.load();
  if (next.path === path) return next;
  throw new ConfigError(`${path} is not there. Put it back, or stop the server and start it without one.`, {
    code: 'config_missing',
  });
};

const takeOver = (next: LoadedConfiguration, host: string, { gearbox, log }: Running): void => {
  const refused = checkBind({ host, keys: next.pool.keys });
  if (refused !== null) throw refused;
  gearbox.replacePool(next.pool, next.routers);
  log.info({ config: next.pool.configHash }, 'configuration replaced');
};

const describeReload = (loaded: LoadedConfiguration, next: LoadedConfiguration): string => {
  const waiting = listRestartChanges(loaded.settings, next.settings);
  const rest = waiting.length === 0 ? '' : ` Changes of ${waiting.join(', ')} need a restart.`;
  return `${brand.configFile} was read again: configuration ${next.pool.configHash} is in force.${rest}`;
};

/** Follows the configuration file; null where there is none. Address, limits and privacy take effect at the next start. */
export const followConfiguration = async (
  source: Source,
  loaded: LoadedConfiguration,
  { running, context }: { readonly running: Running; readonly context: CommandContext },
) => {
  const { path } = loaded;
  if (path === null) {
    // Unhandled, the signal would end the process.
    process.on('SIGHUP', () => context.report(`There is no ${brand.configFile} to read again.`));
    return null;
  }
  const watching = await watchConfiguration({
    path,
    current: loaded,
    load: () => loadSameFile(source, path),
    onReload: (next) => {
      takeOver(next, loaded.settings.host, running);
      context.report(describeReload(loaded, next));
    },
    onProblem: (error) => {
      const message = error instanceof Error ? error.message : String(error);
      context.fail(`${brand.configFile} changed but was not taken; the last good configuration stays. ${message}`);
    },
  });
  process.on('SIGHUP', () => void watching.reload());
  return watching;
};
