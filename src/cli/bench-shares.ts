/** `gearbox bench shares`: how much of a set of prompts each objective would send to each component. No call is made. */
import { randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { renderMarkdownTable } from '../bench/table.ts';
import { OBJECTIVE_NAMES, type ObjectiveName } from '../catalog/component.ts';
import type { Pool } from '../catalog/pool.ts';
import { InvalidRequestError } from '../errors.ts';
import { loadRouter, SHIPPED_ROUTER_FILE } from '../learn/router-file.ts';
import type { OutcomePrompt } from '../outcomes/prompt.ts';
import { readPrompts } from '../outcomes/read.ts';
import { createPolicies, type PolicySet } from '../router/policies.ts';
import { createRouter, type Router } from '../router/router.ts';
import { openaiChatCodec } from '../wire/openai-chat/codec.ts';
import { createSource } from './start.ts';
import { finish } from './bench-result.ts';
import type { Subcommand } from './subcommand.ts';
import { createOpaqueMemory } from '../session/opaque-memory.ts';
import { NO_SESSIONS } from '../session/sessions.ts';

/** Share of prompts per component, 0 to 1; they sum to 1. */
type Shares = Readonly<Record<string, number>>;

interface ShareRow {
  /** Data set and category of the prompts, or `all`. */
  readonly slice: string;
  readonly prompts: number;
  readonly objectives: Readonly<Record<ObjectiveName, Shares>>;
}

/** A router without store and providers: it can decide and nothing else. */
const createDecidingRouter = (pool: Pool, policies: PolicySet): Router =>
  createRouter({
    snapshot: () => ({ pool, findProvider: () => undefined, policies }),
    ids: { now: Date.now, randomBytes },
    clock: () => performance.now(),
    draw: () => 0,
    findPin: () => Promise.reject(new Error('nothing is pinned here')),
    onRouterFailure: (error) => {
      throw error;
    },
    listeners: [],
    sessions: NO_SESSIONS,
    thoughts: createOpaqueMemory({ now: Date.now }),
    keepsText: false,
  });

/** Only the prompt itself: categories and everything else stay outside. */
const toBody = ({ routable: { prompt } }: OutcomePrompt, objective: ObjectiveName): string =>
  JSON.stringify({
    model: 'auto',
    messages: typeof prompt === 'string' ? [{ role: 'user', content: prompt }] : prompt,
    gearbox: { objective },
  });

const createCounter = () => {
  const counts = new Map<string, Map<ObjectiveName, Map<string, number>>>();
  return {
    add: (slice: string, objective: ObjectiveName, component: string): void => {
      const objectives = counts.get(slice) ?? new Map<ObjectiveName, Map<string, number>>();
      const components = objectives.get(objective) ?? new Map<string, number>();
      counts.set(slice, objectives.set(objective, components));
      components.set(component, (components.get(component) ?? 0) + 1);
    },
    rows: (): readonly ShareRow[] =>
      [...counts].map(([slice, objectives]) => ({
        slice,
        prompts: [...(objectives.get('balanced') ?? [])].reduce((sum, [, count]) => sum + count, 0),
        objectives: toShares(objectives),
      })),
  };
};

const toShares = (objectives: ReadonlyMap<ObjectiveName, ReadonlyMap<string, number>>): ShareRow['objectives'] => {
  const of = (name: ObjectiveName): Shares => {
    const counts = objectives.get(name) ?? new Map<string, number>();
    const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
    return Object.fromEntries([...counts].map(([component, count]) => [component, count / total]));
  };
  return { cost: of('cost'), balanced: of('balanced'), quality: of('quality'), latency: of('latency') };
};

/** Share that does not go to the unified model's first component, its default. */
const away = (shares: Shares, first: string): string => `${((1 - (shares[first] ?? 0)) * 100).toFixed(1)} %`;

const renderShares = (rows: readonly ShareRow[], pool: Pool): string => {
  const model = pool.models.get('auto');
  const first = model?.components[0] ?? '';
  const names = (model?.components ?? []).map((name) => {
    const deployment = pool.components.get(name)?.deployments[0];
    return `${name} = ${deployment?.model.name ?? deployment?.id ?? 'unknown'}`;
  });
  const cells = rows.map(({ slice, prompts, objectives }) => [
    slice,
    String(prompts),
    ...OBJECTIVE_NAMES.map((name) => away(objectives[name], first)),
  ]);
  return [
    '# Shares',
    '',
    `Share of prompts that would leave \`${first}\`, by objective. Pool: ${names.join('; ')}.`,
    '',
    renderMarkdownTable([['prompts', 'n', ...OBJECTIVE_NAMES], ...cells]),
  ].join('\n');
};

const load = async (flags: Parameters<typeof createSource>[0]['flags'], lab: boolean) => {
  const source = createSource({ flags, settingFlags: {}, lab });
  try {
    const { pool, routers: own } = await source.load();
    return { pool, policies: createPolicies(pool, { shipped: await loadRouter(SHIPPED_ROUTER_FILE), own }) };
  } finally {
    await source.close();
  }
};

export const shares: Subcommand = async (context, args) => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      data: { type: 'string' },
      lab: { type: 'boolean', default: false },
      out: { type: 'string', default: 'bench/results' },
    },
  });
  if (values.data === undefined)
    throw new InvalidRequestError('--data: expected a folder with prompts.jsonl(.gz), given nothing. Add --data DIR.');
  const { pool, policies } = await load(context.flags, values.lab);
  const router = createDecidingRouter(pool, policies);
  const counter = createCounter();
  let read = 0;
  for await (const prompt of readPrompts(resolve(values.data))) {
    context.signal.throwIfAborted();
    for (const objective of OBJECTIVE_NAMES) {
      const request = openaiChatCodec.parseRequest(toBody(prompt, objective));
      const decided = await router.decide({ request, headers: {}, key: null });
      const slice = [...new Set([prompt.dataset, prompt.labels.category ?? ''])]
        .filter((part) => part !== '')
        .join(' / ');
      counter.add('all', objective, decided.chosen.component.name);
      counter.add(slice, objective, decided.chosen.component.name);
    }
    read += 1;
    if (read % 500 === 0) context.report(`${read} prompts`);
  }
  const rows = counter.rows();
  const markdown = renderShares(rows, pool);
  const result = { rows, config: pool.configHash, prices: pool.catalog.pricesHash, prompts: read };
  const entry = { bench: 'shares', at: new Date().toISOString(), prompts: read, all: rows[0]?.objectives ?? null };
  return finish({ folder: resolve(values.out), name: 'shares', result, markdown, entry, pass: true }, context);
};
