/** The list of models, in the shape that the client's protocol expects. */
import type { IncomingHttpHeaders } from 'node:http';
import type { JsonObject } from '../canonical/json.ts';
import type { ClientKey, Pool } from '../catalog/pool.ts';
import { listCallable, toForbidden, toPermission } from '../router/permission.ts';
import { refuseSunset } from '../router/prepare.ts';
import { ANTHROPIC_NAME_OF_AUTO, resolveModel, toCallableName, type Resolution } from '../router/resolve.ts';

/** No model has a date of its own here: a fixed one keeps answers of the same configuration equal. */
const CREATED_SECONDS = Date.UTC(2026, 0, 1) / 1000;
const CREATED_AT = new Date(CREATED_SECONDS * 1000).toISOString();

export interface Listing {
  readonly pool: Pool;
  /** Only what this key may call is listed; null: everything. */
  readonly key: ClientKey | null;
  readonly headers: IncomingHttpHeaders;
  /** `2026-11-23`, UTC: aliases past their sunset are gone. */
  readonly today: string;
}

/** An alias says what it stands for and until when: this is where a deprecation's `link` header leads. */
const toOpenAi = (name: string, { alias, ...resolution }: Resolution, pool: Pool): JsonObject => ({
  id: name,
  object: 'model',
  created: CREATED_SECONDS,
  owned_by: resolution.type === 'direct' ? resolution.deployment.provider : 'gearbox',
  ...(alias === null ? {} : { alias_of: toCallableName(alias.to, pool) }),
  ...(alias === null || alias.deprecatedOn === null ? {} : { deprecation_date: alias.deprecatedOn }),
  ...(alias === null || alias.sunsetOn === null ? {} : { shutdown_date: alias.sunsetOn }),
});

const toAnthropic = (name: string): JsonObject => ({
  type: 'model',
  id: name,
  display_name: name,
  created_at: CREATED_AT,
});

/** By header, never by the kind of key: Anthropic's own SDK may send Bearer. */
export const wantsAnthropicShape = (headers: IncomingHttpHeaders): boolean =>
  headers['anthropic-version'] !== undefined;

const isEnded = ({ alias }: Resolution, today: string): boolean =>
  alias !== null && alias.sunsetOn !== null && alias.sunsetOn <= today;

export const renderModelList = (listing: Listing): JsonObject => {
  const { key, pool, today } = listing;
  const callable = listCallable(key, pool).filter(([, resolution]) => !isEnded(resolution, today));
  if (!wantsAnthropicShape(listing.headers))
    return { object: 'list', data: callable.map(([name, resolution]) => toOpenAi(name, resolution, pool)) };
  const names = callable.map(([name]) => name);
  const all = names.includes('auto') ? [ANTHROPIC_NAME_OF_AUTO, ...names] : names;
  return { data: all.map(toAnthropic), has_more: false, first_id: all[0] ?? null, last_id: all.at(-1) ?? null };
};

/** Throws InvalidRequestError (403, 404) like a call would. */
export const renderModel = (name: string, { pool, key, headers, today }: Listing): JsonObject => {
  const { allowsCall } = toPermission(key, pool);
  const resolution = resolveModel(name, pool, allowsCall);
  refuseSunset(resolution, pool, today);
  if (key !== null && !allowsCall(resolution)) throw toForbidden(name, key, 'model');
  return wantsAnthropicShape(headers) ? toAnthropic(name) : toOpenAi(name, resolution, pool);
};
