/** Starting an instance from flags and environment: lab if needed, catalog, configuration, router. For serve, ask and explain. */
import { join } from 'node:path';
import { loadCatalog } from '../catalog/load.ts';
import { readEnvironment } from '../config/environment.ts';
import { loadConfiguration, type LoadedConfiguration } from '../config/load.ts';
import { createSecretCache } from '../config/secret-cache.ts';
import { resolveSecret } from '../config/secret.ts';
import type { SettingFlags } from '../config/settings.ts';
import { createGearbox, type Gearbox, type GearboxOptions } from '../index.ts';
import type { Lab } from '../lab/lab.ts';
import type { SharedFlags } from './command.ts';
import { packageRoot } from './package-root.ts';

export interface StartOptions {
  readonly flags: SharedFlags;
  readonly settingFlags: SettingFlags;
  /** `--lab`: the lab, whatever keys exist. */
  readonly lab: boolean;
}

/** Loads configuration again and again with the same flags; the embedded lab starts once, when it is first needed. */
export interface Source {
  readonly load: () => Promise<LoadedConfiguration>;
  readonly close: () => Promise<void>;
}

export const createSource = ({ flags, settingFlags, lab: forceLab }: StartOptions): Source => {
  const environment = readEnvironment();
  let lab: Promise<{ readonly lab: Lab; readonly url: string }> | undefined;
  const startLab = async (): Promise<{ readonly lab: Lab; readonly url: string }> => {
    const { createLab } = await import('../lab/lab.ts');
    const created = createLab({});
    return { lab: created, url: (await created.listen(0)).url };
  };
  const labBaseUrl = async (): Promise<string> => `${(await (lab ??= startLab())).url}/v1`;
  return {
    load: async () =>
      loadConfiguration({
        config: flags.config,
        lab: forceLab,
        flags: { ...settingFlags, home: flags.home },
        environment,
        workingFolder: process.cwd(),
        catalog: await loadCatalog(join(packageRoot, 'models')),
        labBaseUrl,
        nowMs: Date.now(),
      }),
    close: async () => {
      await (await lab)?.lab.close();
    },
  };
};

/** A Gearbox for a loaded configuration. */
export const startGearbox = (
  { pool, routers, settings, path }: LoadedConfiguration,
  options: Pick<GearboxOptions, 'listeners' | 'onWarning' | 'observes'>,
): Promise<Gearbox> => {
  const environment = readEnvironment();
  const folder = path === null ? process.cwd() : join(path, '..');
  return createGearbox({
    ...options,
    pool,
    routers,
    settings,
    environment,
    resolveSecret: createSecretCache({
      resolve: (reference) => resolveSecret(reference, { environment, folder }),
      now: () => performance.now(),
    }),
  });
};
