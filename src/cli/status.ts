/** `gearbox status`: what is in force. From the running server, else from configuration and files. */
import { parseArgs } from 'node:util';
import { request } from 'undici';
import { z } from 'zod';
import { brand } from '../brand.ts';
import { loadRouter, SHIPPED_ROUTER_FILE } from '../learn/router-file.ts';
import { loadAdminToken } from '../server/admin-token.ts';
import { createPolicies } from '../router/policies.ts';
import { listVersions } from '../router/router.ts';
import { toPoolObject } from '../server/status.ts';
import type { Command, CommandContext, ExitCode } from './command.ts';
import { findServer, toAnswerError } from './connect.ts';
import { packageVersion } from './package-version.ts';
import { createSource } from './start.ts';
import { alignRows } from './table.ts';
import { toHome } from './store-file.ts';

const HELP = `Usage: ${brand.binary} status [--url URL] [--json]

Versions and hashes of every part, the components behind each unified model, what requests have really cost, and what
the store holds. Without a running server it shows what one would start with, and the exit code is 3.

  --url URL   a server other than the running one

Examples:
  ${brand.binary} status
  ${brand.binary} status --json`;

const statusSchema = z.object({
  version: z.string(),
  versions: z.record(z.string(), z.union([z.string(), z.array(z.string())])),
  models: z.array(
    z.object({
      name: z.string(),
      components: z.array(z.string()),
      objective: z.union([z.string(), z.number()]),
      policy: z.string(),
      router: z.string().nullish(),
      router_fault: z.string().nullish(),
    }),
  ),
  components: z.array(
    z.object({
      name: z.string(),
      role: z.string(),
      model: z.string(),
      effort: z.string(),
      hash: z.string(),
      simulated: z.boolean(),
      /** Absent from servers that are older than this command. */
      graded_calls: z.number().default(0),
      limits: z.object({
        router: z.object({ calls: z.number(), window_ms: z.number() }).nullable(),
        user: z.object({ calls: z.number(), window_ms: z.number() }).nullable(),
      }),
    }),
  ),
  effective_price: z
    .object({
      requests: z.number(),
      usd_per_1000_requests: z.number().nullable(),
      simulated_requests: z.number(),
      unknown_cost_requests: z.number(),
    })
    .optional(),
  substitutions: z
    .array(z.object({ asked: z.string(), answered: z.string(), count: z.number(), last_at: z.string() }))
    .optional(),
  store: z.record(z.string(), z.number()).optional(),
});

type Status = z.infer<typeof statusSchema>;

const HOUR_MS = 3_600_000;

const renderLimit = (limit: { readonly calls: number; readonly window_ms: number } | null): string =>
  limit === null ? '' : `${limit.calls} calls in ${limit.window_ms / HOUR_MS} h`;

const renderPrice = (price: Status['effective_price']): readonly string[] => {
  if (price === undefined) return [];
  const paid =
    price.usd_per_1000_requests === null
      ? 'no paid request yet'
      : `$${price.usd_per_1000_requests.toFixed(4)} per 1,000 requests over the latest ${price.requests}`;
  const simulated = price.simulated_requests > 0 ? `; ${price.simulated_requests} simulated ones are not counted` : '';
  const unknown = price.unknown_cost_requests > 0 ? `; ${price.unknown_cost_requests} of unknown price` : '';
  return [`Effective price: ${paid}${simulated}${unknown}`];
};

/** Where a router failed to load, the safe component is what people get: said at the top of what is wrong, not in a log. */
const renderFault = ({ name, router_fault: fault, components }: Status['models'][number]): readonly string[] =>
  fault === null || fault === undefined
    ? []
    : [`  ${name}: the router could not be loaded, ${components[0] ?? 'nothing'} answers everything. ${fault}`];

const renderSubstitutions = (substitutions: Status['substitutions'] = []): readonly string[] =>
  substitutions.map(
    ({ asked, answered, count, last_at: at }) =>
      `Substituted: ${answered} answered for ${asked} ${count} times since the start, last at ${at}`,
  );

const renderStatus = (status: Status, url: string | null): readonly string[] => [
  `${brand.name} ${status.version}, ${url === null ? 'not running' : `running at ${url}`}`,
  '',
  'Versions',
  ...alignRows(Object.entries(status.versions).map(([part, version]) => [part, [version].flat().join(', ')])),
  '',
  'Unified models',
  ...alignRows(
    status.models.map((model) => [
      model.name,
      model.components.join(' | '),
      `objective ${model.objective}`,
      `router ${model.router ?? model.policy}`,
    ]),
  ),
  ...status.models.flatMap(renderFault),
  '',
  'Components',
  ...alignRows(
    status.components.map((component) => [
      component.name,
      component.model,
      `effort ${component.effort}`,
      component.hash,
      [
        ...(component.simulated ? ['simulated'] : []),
        ...(component.graded_calls > 0 ? [`measured by ${component.graded_calls} grades`] : []),
      ].join(', '),
      [renderLimit(component.limits.router), renderLimit(component.limits.user)]
        .filter((text) => text !== '')
        .join('; '),
    ]),
  ),
  '',
  ...renderPrice(status.effective_price),
  ...renderSubstitutions(status.substitutions),
  ...(status.store === undefined
    ? []
    : [
        `Store: ${Object.entries(status.store)
          .map(([name, count]) => `${count} ${name}`)
          .join(', ')}`,
      ]),
];

const fromServer = async (context: CommandContext, url: string): Promise<unknown> => {
  const token = await loadAdminToken(toHome(context));
  const { statusCode, body } = await request(`${url}/api/status`, { headers: { authorization: `Bearer ${token}` } });
  const text = await body.text();
  if (statusCode !== 200) throw toAnswerError(statusCode, text);
  return JSON.parse(text);
};

const fromFiles = async (context: CommandContext): Promise<unknown> => {
  const source = createSource({ flags: context.flags, settingFlags: {}, lab: false });
  try {
    const { pool, routers: own } = await source.load();
    const policies = createPolicies(pool, { shipped: await loadRouter(SHIPPED_ROUTER_FILE), own });
    const snapshot = { pool, policies };
    return { version: packageVersion(), versions: listVersions(snapshot), ...toPoolObject(snapshot) };
  } finally {
    await source.close();
  }
};

const run = async (context: CommandContext): Promise<ExitCode> => {
  const { values } = parseArgs({ args: [...context.args], options: { url: { type: 'string' } } });
  const url = await findServer(context, values.url ?? null);
  const answer = url === null ? await fromFiles(context) : await fromServer(context, url);
  if (context.flags.json) context.print(JSON.stringify(answer, null, 2));
  else for (const line of renderStatus(statusSchema.parse(answer), url)) context.print(line);
  if (url === null) context.report(`No server is running. Start one with \`${brand.binary} serve\`.`);
  return url === null ? 3 : 0;
};

export const statusCommand: Command = {
  name: 'status',
  summary: 'versions and hashes of every part, components, effective price, store',
  help: HELP,
  primary: true,
  run,
};
