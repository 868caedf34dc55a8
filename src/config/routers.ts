/** Routers of one's own: the trained artifacts that unified models name, read and checked with the configuration. */
import { resolve } from 'node:path';
import { loadRouter } from '../learn/router-file.ts';
import type { LoadedRouter } from '../policy/learned/release.ts';
import type { BuildContext } from './context.ts';
import type { Configuration } from './schema.ts';

type Place = Pick<BuildContext, 'folder' | 'report'>;

const loadOwnRouter = async (model: string, file: string, { folder, report }: Place): Promise<LoadedRouter | null> => {
  const release = await loadRouter(resolve(folder, file));
  if (release.type === 'loaded') return release;
  const { path, expected, given, fix } = release;
  report({
    code: 'router',
    severity: 'error',
    path: ['models', model, 'router'],
    expected,
    given: `${path}: ${given}`,
    fix,
  });
  return null;
};

const reportUnused = (model: string, policy: string, { report }: Place): void =>
  report({
    code: 'router',
    severity: 'warning',
    path: ['models', model, 'router'],
    expected: 'policy: learned beside it',
    given: `policy: ${policy}, which reads no router`,
    fix: 'remove router, or set policy: learned',
  });

/** By unified model; a file that cannot be used is reported and left out. */
export const loadOwnRouters = async (
  { models = {} }: Pick<Configuration, 'models'>,
  place: Place,
): Promise<ReadonlyMap<string, LoadedRouter>> => {
  const routers = new Map<string, LoadedRouter>();
  for (const [name, { policy, router }] of Object.entries(models)) {
    if (router === undefined) continue;
    if (policy !== 'learned') reportUnused(name, policy, place);
    const loaded = policy === 'learned' ? await loadOwnRouter(name, router, place) : null;
    if (loaded !== null) routers.set(name, loaded);
  }
  return routers;
};
