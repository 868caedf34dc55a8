/** Gateway, lab and bare proxy as driven processes: those of the package under test, the gateway with a configuration of the run. */
import { join } from 'node:path';
import { renderConfiguration, type DrivenComponent } from './gateway-config.ts';
import { siblingModule, type DrivenProcess, type ProcessGroup } from './processes.ts';

export interface GatewayStart {
  /** Folder of the package whose `bin/` is driven. */
  readonly packageRoot: string;
  readonly labUrl: string;
  readonly objective: string | number;
}

/** Arguments of `serve` without its binary: a free port on loopback, and this configuration. */
export const serveArguments = (config: string, port = 0): readonly string[] => [
  'serve',
  '--json',
  '--port',
  String(port),
  '--host',
  '127.0.0.1',
  '--config',
  config,
];

/** Writes the configuration and starts the server. Throws DataError with what it printed when it does not listen. */
export const startServer = async (
  group: ProcessGroup,
  { packageRoot, ...configuration }: GatewayStart & { readonly components: readonly DrivenComponent[] },
): Promise<DrivenProcess> => {
  const config = await group.writeFile('gearbox.yaml', renderConfiguration(configuration));
  return startConfigured(group, packageRoot, config);
};

export const toBinary = (packageRoot: string): string => join(packageRoot, 'bin', 'gearbox.mjs');

/** A server with a configuration file that is there already. */
export const startConfigured = (group: ProcessGroup, packageRoot: string, config: string): Promise<DrivenProcess> =>
  group.start({ name: 'serve', command: [toBinary(packageRoot), ...serveArguments(config)] });

/** `timeScale`: 1 is the time that its models take, 0 is at once. */
export const startLab = (
  group: ProcessGroup,
  packageRoot: string,
  { timeScale, more = [] }: { readonly timeScale: 0 | 1; readonly more?: readonly string[] },
): Promise<DrivenProcess> =>
  group.start({
    name: 'lab',
    command: [toBinary(packageRoot), 'lab', '--json', '--port', '0', '--time-scale', String(timeScale), ...more],
  });

/** The proxy that only forwards. */
export const startBareProxy = (group: ProcessGroup, upstreamUrl: string): Promise<DrivenProcess> =>
  group.start({ name: 'bare proxy', command: [siblingModule('bare-proxy'), '--upstream', upstreamUrl] });
