/** Open tool loops, from the router's side: whose they are, and when one may have begun. */
import type { CanonicalRequest } from '../canonical/request.ts';
import type { ClientKey } from '../catalog/pool.ts';
import type { LoopOwner, ToolLoops } from '../session/tool-loop.ts';
import type { ExchangeListener } from './exchange.ts';

export const toLoopOwner = (request: CanonicalRequest, key: ClientKey | null): LoopOwner => ({
  key: key?.sha256 ?? null,
  model: request.model,
});

/**
 * Remembers who answered well, since the answer may hold calls. A component that failed holds nobody; one that was called
 * by name is called by name again.
 */
export const rememberLoop =
  (toolLoops: ToolLoops): ExchangeListener =>
  ({ decided: { prepared, chosen }, result }) => {
    if (result !== 'ok' || prepared.resolution.type !== 'unified') return;
    const choice = { component: chosen.component.name, effort: chosen.effort };
    toolLoops.remember(prepared.request, toLoopOwner(prepared.request, prepared.key), choice);
  };
