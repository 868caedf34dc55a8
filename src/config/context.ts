/** What every step from gearbox.yaml to a pool needs to see. */
import type { Catalog } from '../catalog/model.ts';
import type { Environment } from './environment.ts';
import type { ReportProblem } from './problem.ts';

export interface BuildContext {
  readonly environment: Environment;
  readonly catalog: Catalog;
  /** Folder that relative paths start from: the configuration file's. */
  readonly folder: string;
  /** Milliseconds since 1970, for shutdown and sunset dates. */
  readonly nowMs: number;
  readonly report: ReportProblem;
}
