/** Decided requests for tests: prepared and decided by the real code, with a clock and ids that stand still. */
import type { CanonicalRequest } from '../../src/canonical/request.ts';
import type { ClientKey, Pool } from '../../src/catalog/pool.ts';
import { createRulesPolicy } from '../../src/policy/rules.ts';
import type { Policy } from '../../src/policy/policy.ts';
import { parseControls } from '../../src/router/controls.ts';
import { decide } from '../../src/router/decide.ts';
import type { Decided } from '../../src/router/decided.ts';
import { prepare, type Pin } from '../../src/router/prepare.ts';
import { sampleRequest } from './policy.ts';
import { samplePool } from './pool.ts';

export interface DecidedSample {
  readonly request?: Partial<CanonicalRequest>;
  readonly controls?: Record<string, unknown>;
  readonly key?: ClientKey;
  readonly pool?: Pool;
  readonly pin?: Pin;
  readonly policy?: Policy;
}

export const NOW_MS = Date.UTC(2026, 10, 23, 12);

export const sampleIds = { now: () => NOW_MS, randomBytes: (length: number) => new Uint8Array(length) };

export const sampleDecided = (sample: DecidedSample = {}): Decided => {
  const pool = sample.pool ?? samplePool();
  const prepared = prepare(
    {
      request: sampleRequest(sample.request),
      // Tests write controls as plain objects, of which some are wrong on purpose.
      controls: parseControls((sample.controls ?? {}) as never, {}),
      key: sample.key ?? null,
      pool,
      pin: sample.pin ?? null,
      identity: { id: null, source: 'prefix', isWhole: false },
      session: null,
    },
    '2026-11-23',
  );
  const { hash: catalog, pricesHash: prices } = pool.catalog;
  return decide(prepared, {
    policy: sample.policy ?? createRulesPolicy(),
    versions: { router: '', features: '', catalog, prices, rules: '1', config: pool.configHash },
    ids: sampleIds,
    clock: () => 0,
    draw: () => 0.5,
  });
};
