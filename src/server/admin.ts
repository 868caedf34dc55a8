/** The admin API below /api: JSON for the command line and, later, the dashboard. Bearer admin token only. */
import { getRequestListener, type HttpBindings } from '@hono/node-server';
import { Hono } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { isId } from '../canonical/identifier.ts';
import type { JsonObject } from '../canonical/json.ts';
import type { Component } from '../catalog/component.ts';
import { GearboxError, InvalidRequestError } from '../errors.ts';
import { decodeUtf8, parseJson } from '../json/parse.ts';
import { parseOutcomes } from '../outcomes/kinds.ts';
import { toDecisionObject, toOutcomeObject } from '../router/stored.ts';
import type { DecisionQuery } from '../store/store.ts';
import { requireAdmin } from './access.ts';
import { readBody } from './body.ts';
import type { HandlerContext } from './context.ts';
import { addOutcomes } from './report-outcomes.ts';
import { describeError, NO_DECISION } from './respond.ts';
import { toStatus } from './status.ts';

const DEFAULT_PAGE_ROWS = 50;
const MAX_PAGE_ROWS = 1_000;

const readLimit = (text: string | undefined): number => {
  if (text === undefined) return DEFAULT_PAGE_ROWS;
  const limit = Number(text);
  if (Number.isInteger(limit) && limit >= 1 && limit <= MAX_PAGE_ROWS) return limit;
  const fix = `Send a whole number from 1 to ${MAX_PAGE_ROWS}.`;
  throw new InvalidRequestError(`limit: expected 1 to ${MAX_PAGE_ROWS}, given ${text.slice(0, 20)}. ${fix}`, {
    field: 'limit',
    blocking: [{ constraint: 'limit', expected: `1 to ${MAX_PAGE_ROWS}`, given: text.slice(0, 20), fix }],
  });
};

/** A cursor that is no decision would give the first page, again and again. */
const checkDecisionCursor = (text: string): void => {
  if (isId('dec_', text)) return;
  const given = text.slice(0, 60);
  const fix = 'Send the next_cursor of the page before, or none for the first page.';
  throw new InvalidRequestError(`cursor: expected a decision id, given ${given}. ${fix}`, {
    field: 'cursor',
    blocking: [{ constraint: 'cursor', expected: 'a decision id', given, fix }],
  });
};

/** A misspelt filter that is ignored gives every row as if all of them had passed it. */
const checkQueryNames = (query: Readonly<Record<string, string>>, known: readonly string[]): void => {
  const unknown = Object.keys(query).find((name) => !known.includes(name));
  if (unknown === undefined) return;
  const field = unknown.slice(0, 60);
  const expected = known.length === 0 ? 'none' : known.join(', ');
  const fix = known.length === 0 ? 'Leave the query out.' : `Use ${expected}, or leave it out.`;
  throw new InvalidRequestError(`${field}: there is no such query name here; known: ${expected}. ${fix}`, {
    code: 'unknown_query',
    field,
    blocking: [{ constraint: field, expected, given: field, fix }],
  });
};

const DECISION_FILTERS = ['limit', 'cursor', 'component'];
const OUTCOME_FILTERS = ['limit', 'cursor'];

const toQuery = (query: Readonly<Record<string, string>>): DecisionQuery => ({
  limit: readLimit(query['limit']),
  ...(query['cursor'] === undefined ? {} : { before: query['cursor'] }),
  ...(query['component'] === undefined ? {} : { component: query['component'] }),
});

/** A component as an operator reads it: where it goes and what its parts hash to; credentials by reference only. */
const toComponentObject = (component: Component): JsonObject => ({
  name: component.name,
  role: component.role,
  effort: component.effort,
  verbosity: component.verbosity,
  for: [...component.for],
  simulated: component.simulated,
  hash: component.hash,
  instructions: component.instructions === null ? null : component.instructions.hash,
  deployments: component.deployments.map(({ id, provider, protocol, baseUrl, credentials, inCatalog, model }) => ({
    id,
    provider,
    protocol,
    base_url: baseUrl,
    credentials,
    in_catalog: inCatalog,
    price_known: model.price !== null,
  })),
});

const nextCursor = (ids: readonly string[], limit: number): string | null =>
  ids.length < limit ? null : (ids.at(-1) ?? null);

const createApp = (context: HandlerContext): Hono<{ Bindings: HttpBindings }> => {
  const app = new Hono<{ Bindings: HttpBindings }>().basePath('/api');
  app.onError((error, c) => {
    if (!(error instanceof GearboxError)) context.log.error({ err: error }, 'admin request failed');
    const { status, code, message, field, gearbox } = describeError(error, NO_DECISION);
    return c.json({ error: { code, message, field }, gearbox }, status as ContentfulStatusCode);
  });
  app.notFound((c) => c.json({ error: { code: 'not_found', message: `There is nothing at ${c.req.path}.` } }, 404));
  for (const path of ['/status', '/components', '/keys', '/decisions/:id'])
    app.get(path, async (c, next) => {
      checkQueryNames(c.req.query(), []);
      await next();
    });
  app.get('/status', async (c) => c.json(await toStatus(context)));
  app.get('/components', (c) => c.json({ data: [...context.pool().components.values()].map(toComponentObject) }));
  app.get('/keys', (c) =>
    c.json({ data: context.pool().keys.map(({ name, models, budget }) => ({ name, models, budget })) }),
  );
  app.get('/decisions', async (c) => {
    checkQueryNames(c.req.query(), DECISION_FILTERS);
    const query = toQuery(c.req.query());
    if (query.before !== undefined) checkDecisionCursor(query.before);
    const stored = await context.reader.decisions(query);
    const next = nextCursor(
      stored.map(({ decision }) => decision.id),
      query.limit,
    );
    return c.json({ data: stored.map(toDecisionObject), next_cursor: next });
  });
  app.get('/decisions/:id', async (c) => {
    await context.store.flush();
    const stored = await context.reader.decision(c.req.param('id'));
    return stored === undefined
      ? c.json({ error: { code: 'decision_not_found', message: 'There is no such decision.' } }, 404)
      : c.json(toDecisionObject(stored));
  });
  app.get('/outcomes', async (c) => {
    checkQueryNames(c.req.query(), OUTCOME_FILTERS);
    const { limit, before } = toQuery(c.req.query());
    const rows = await context.reader.outcomes({ limit, ...(before === undefined ? {} : { before }) });
    return c.json({
      data: rows.map(toOutcomeObject),
      next_cursor: nextCursor(
        rows.map(({ id }) => id),
        limit,
      ),
    });
  });
  app.post('/outcomes', async (c) => {
    // Read like every other body: one limit, one deadline, and chunks without a declared length.
    const text = decodeUtf8(await readBody(c.env.incoming, context.bodyLimits));
    const parsed = parseOutcomes(parseJson(text, { maxDepth: context.settings.limits.jsonDepth }), context.ids.now());
    return c.json(await addOutcomes(parsed, context));
  });
  return app;
};

/** Hands a request to the admin API. Throws AuthenticationError before anything is read when the token is missing. */
export const createAdminHandler = (context: HandlerContext) => {
  // The global Request and Response stay Node's own: other code of this process must not meet Hono's.
  const listener = getRequestListener(createApp(context).fetch, { overrideGlobalObjects: false });
  return async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    requireAdmin(incoming.headers, context.adminToken);
    await listener(incoming, response);
  };
};
