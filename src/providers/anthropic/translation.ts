/** What the parts of one request's translation share. */
import type { CanonicalRequest } from '../../canonical/request.ts';
import type { ChangeLog } from '../change-log.ts';
import type { Target } from '../provider.ts';
import type { Renaming } from '../tool-name.ts';
import type { CacheMarks } from './cache-marks.ts';

export interface Translation {
  readonly request: CanonicalRequest;
  readonly target: Target;
  readonly log: ChangeLog;
  /** Tool names in the provider's alphabet. */
  readonly names: Renaming;
  /** Call ids in the provider's alphabet. */
  readonly ids: Renaming;
  readonly marks: CacheMarks;
}
