/** Router releases: trained artifacts under the hash of their bytes, as they are put in force. */
import type { RouterArtifact } from './artifact.ts';

export interface LoadedRouter {
  readonly type: 'loaded';
  readonly artifact: RouterArtifact;
  /** SHA-256 of the file's bytes, hexadecimal. */
  readonly hash: string;
  /** Absolute. */
  readonly path: string;
}

/** A file that is missing, damaged or made for other features; the words complete "expected …, given …; fix: …". */
export interface UnloadableRouter {
  readonly type: 'unloadable';
  readonly path: string;
  readonly expected: string;
  readonly given: string;
  readonly fix: string;
}

export type RouterRelease = LoadedRouter | UnloadableRouter;

export const renderUnloadable = ({ path, expected, given, fix }: UnloadableRouter): string =>
  `${path}: expected ${expected}, given ${given}; fix: ${fix}`;

/** The routers that learned policies are made of. */
export interface Routers {
  /** The one that comes with the package. */
  readonly shipped: RouterRelease;
  /** By unified model, for those that name a file of their own. */
  readonly own: ReadonlyMap<string, LoadedRouter>;
}
