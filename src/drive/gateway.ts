/** A gateway as a driven process: `serve` of the package under test, with a configuration of the run. */
import { join } from 'node:path';
import { renderConfiguration, type DrivenComponent } from './gateway-config.ts';
import type { DrivenProcess, ProcessGroup } from './processes.ts';

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
  const binary = join(packageRoot, 'bin', 'gearbox.mjs');
  return group.start({ name: 'serve', command: [binary, ...serveArguments(config)] });
};
