/** Cache breakpoints for the Messages API: at most four, the longer lifetimes first. */
import type { CacheBreakpoint } from '../../canonical/content.ts';
import type { JsonValue } from '../../canonical/json.ts';
import type { ChangeLog } from '../change-log.ts';

/** More than four `cache_control` members in a request are an error (Anthropic, 2026-08). */
export const MAX_CACHE_MARKS = 4;

type Markable = Record<string, JsonValue | undefined>;

export interface CacheMarks {
  /** Remembers that `block` should carry a breakpoint. Called in the order tools, system, messages. */
  readonly mark: (block: Markable, cache: CacheBreakpoint | undefined) => void;
  /** Writes `cache_control` into the blocks that keep their mark. */
  readonly apply: (log: ChangeLog) => void;
  readonly isEmpty: () => boolean;
}

/**
 * Keeps the first mark (tools and system: shared between conversations) and the last three (they cover the longest
 * prefixes of this one).
 */
const keep = <T>(marks: readonly T[]): readonly T[] =>
  marks.length <= MAX_CACHE_MARKS ? marks : [...marks.slice(0, 1), ...marks.slice(1 - MAX_CACHE_MARKS)];

export const createCacheMarks = (): CacheMarks => {
  const marks: { readonly block: Markable; readonly cache: CacheBreakpoint }[] = [];

  const apply = (log: ChangeLog): void => {
    const kept = keep(marks);
    if (kept.length < marks.length) {
      log.add('cache_lost', {
        param: 'cache_control',
        requested: marks.length,
        applied: kept.length,
        message: `A request holds at most ${MAX_CACHE_MARKS} cache breakpoints; the first and the last three are kept.`,
      });
    }
    let shortSeen = false;
    for (const { block, cache } of kept) {
      if (cache.ttl === '30m') {
        log.add('param_clamped', {
          param: 'cache_control.ttl',
          requested: '30m',
          applied: '1h',
          message: 'The provider caches for 5m or 1h; 30m asks for at least that long, so 1h is used.',
        });
      }
      const wantsHour = cache.ttl === '1h' || cache.ttl === '30m';
      if (wantsHour && shortSeen) {
        // A 1h breakpoint behind a 5m one is refused with 400.
        log.add('param_clamped', {
          param: 'cache_control.ttl',
          requested: '1h',
          applied: '5m',
          message: 'A breakpoint of 1h cannot follow one of 5m; it was shortened.',
        });
      }
      const hour = wantsHour && !shortSeen;
      if (!hour) shortSeen = true;
      block['cache_control'] = hour ? { type: 'ephemeral', ttl: '1h' } : { type: 'ephemeral' };
    }
  };

  return {
    mark: (block, cache) => {
      if (cache !== undefined) marks.push({ block, cache });
    },
    apply,
    isEmpty: () => marks.length === 0,
  };
};
