/** The list of models, in the shape that the client's protocol expects. */
import type { IncomingHttpHeaders } from 'node:http';
import type { JsonObject } from '../canonical/json.ts';
import type { Pool } from '../catalog/pool.ts';
import { ANTHROPIC_NAME_OF_AUTO, listModelNames, resolveModel } from '../router/resolve.ts';

/** No model has a date of its own here: a fixed one keeps answers of the same configuration equal. */
const CREATED_SECONDS = Date.UTC(2026, 0, 1) / 1000;
const CREATED_AT = new Date(CREATED_SECONDS * 1000).toISOString();

const ownerOf = (name: string, pool: Pool): string => {
  const resolution = resolveModel(name, pool);
  return resolution.type === 'direct' ? resolution.deployment.provider : 'gearbox';
};

const toOpenAi = (name: string, pool: Pool): JsonObject => {
  const alias = pool.aliases.get(name);
  return {
    id: name,
    object: 'model',
    created: CREATED_SECONDS,
    owned_by: ownerOf(name, pool),
    ...(alias?.sunsetOn ? { shutdown_date: alias.sunsetOn } : {}),
  };
};

const toAnthropic = (name: string): JsonObject => ({
  type: 'model',
  id: name,
  display_name: name,
  created_at: CREATED_AT,
});

/** By header, never by the kind of key: Anthropic's own SDK may send Bearer. */
export const wantsAnthropicShape = (headers: IncomingHttpHeaders): boolean =>
  headers['anthropic-version'] !== undefined;

export const renderModelList = (pool: Pool, headers: IncomingHttpHeaders): JsonObject => {
  const names = listModelNames(pool);
  if (!wantsAnthropicShape(headers)) return { object: 'list', data: names.map((name) => toOpenAi(name, pool)) };
  const all = pool.models.has('auto') ? [ANTHROPIC_NAME_OF_AUTO, ...names] : names;
  return { data: all.map(toAnthropic), has_more: false, first_id: all[0] ?? null, last_id: all.at(-1) ?? null };
};

/** Throws InvalidRequestError (404) like a call would. */
export const renderModel = (name: string, pool: Pool, headers: IncomingHttpHeaders): JsonObject => {
  resolveModel(name, pool);
  return wantsAnthropicShape(headers) ? toAnthropic(name) : toOpenAi(name, pool);
};
