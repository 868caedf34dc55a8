/** Set definitions: which prompts, models and costs make one benchmark pool, as a `sets.json` file writes them. */
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { DataError } from '../errors.ts';
import { toSourcePath, type PromptKey } from './prompt.ts';

const usd = z.number().nonnegative();
const names = z.array(z.string().min(1)).min(1);

const costSchema = z.union([
  z.literal('recorded'),
  z.object({ usd_per_call: z.array(usd).min(1) }),
  z.object({ usd_per_mtok_in_out: z.array(z.tuple([usd, usd])).min(1) }),
  z.object({ relative: z.array(usd).min(1) }),
]);

const definitionSchema = z.object({
  id: z.string().min(1),
  sources: names.optional(),
  models: z.union([names, z.string()]).optional(),
  cost: costSchema.optional(),
  fast_cost: usd.optional(),
  thinking_cost: usd.optional(),
  by_source: z.record(z.string(), z.object({ fast: names, thinking: names })).optional(),
});

const fileSchema = z.object({
  aliases: z.record(z.string(), z.string().min(1)).default({}),
  sets: z.array(definitionSchema),
});

/** How a cell's cost is found. Lists are aligned with the set's models. */
export type CostRule =
  /** The cost that the data set recorded. */
  | { readonly type: 'recorded' }
  /** Assumed USD per call. */
  | { readonly type: 'per-call'; readonly usdPerCall: readonly number[] }
  /** Assumed USD per million tokens [in, out] × recorded tokens, else characters / 4. */
  | { readonly type: 'per-million-tokens'; readonly usdInOut: readonly (readonly [number, number])[] }
  /** Cost in units of the cheapest model, not USD. */
  | { readonly type: 'relative'; readonly units: readonly number[] };

/** One column of a set: a component, and the models whose mean score stands for it on the prompts of a source. */
export interface SetColumn {
  readonly component: string;
  /** By source pattern, in the file's order; the first pattern that matches a prompt's source wins. */
  readonly bySource: readonly { readonly pattern: string; readonly models: readonly string[] }[];
}

export interface OutcomeSetDefinition {
  readonly id: string;
  readonly columns: readonly SetColumn[];
  readonly cost: CostRule;
  /** Name in outcomes → canonical name. */
  readonly aliases: ReadonlyMap<string, string>;
}

/** The canonical name of a model; names without an alias are canonical. */
export const toCanonicalModel = (aliases: ReadonlyMap<string, string>, model: string): string =>
  aliases.get(model) ?? model;

/** Whether a prompt's `source/dataset` meets a pattern: the same text, or `prefix/*` for everything below it. */
export const matchesSource = (pattern: string, key: Pick<PromptKey, 'source' | 'dataset'>): boolean => {
  const path = toSourcePath(key);
  return pattern.endsWith('/*') ? path.startsWith(pattern.slice(0, -1)) : path === pattern;
};

type RawDefinition = z.infer<typeof definitionSchema>;

interface Place {
  readonly file: string;
  readonly aliases: ReadonlyMap<string, string>;
}

const toCostRule = (cost: z.infer<typeof costSchema>): CostRule => {
  if (cost === 'recorded') {
    return { type: 'recorded' };
  }
  if ('usd_per_call' in cost) {
    return { type: 'per-call', usdPerCall: cost.usd_per_call };
  }
  if ('relative' in cost) {
    return { type: 'relative', units: cost.relative };
  }
  return { type: 'per-million-tokens', usdInOut: cost.usd_per_mtok_in_out };
};

const countOf = (cost: CostRule): number | null => {
  switch (cost.type) {
    case 'recorded':
      return null;
    case 'per-call':
      return cost.usdPerCall.length;
    case 'per-million-tokens':
      return cost.usdInOut.length;
    case 'relative':
      return cost.units.length;
  }
};

const toBySource = (raw: RawDefinition, place: Place): OutcomeSetDefinition => {
  const { by_source: bySource = {}, fast_cost: fastCost, thinking_cost: thinkingCost } = raw;
  if (fastCost === undefined || thinkingCost === undefined) {
    throw new DataError(`${place.file}: set ${raw.id}: by_source needs fast_cost and thinking_cost (USD per call).`);
  }
  const column = (component: 'fast' | 'thinking'): SetColumn => ({
    component,
    bySource: Object.entries(bySource).map(([pattern, lists]) => ({
      pattern,
      models: lists[component].map((model) => toCanonicalModel(place.aliases, model)),
    })),
  });
  return {
    id: raw.id,
    columns: [column('fast'), column('thinking')],
    cost: { type: 'per-call', usdPerCall: [fastCost, thinkingCost] },
    aliases: place.aliases,
  };
};

const toModelList = (raw: RawDefinition, options: DefinitionOptions, place: Place): OutcomeSetDefinition => {
  const listed = options.models ?? raw.models;
  const where = `${place.file}: set ${raw.id}`;
  if (listed === undefined || typeof listed === 'string') {
    throw new DataError(`${where}: models must be a list of names; pass the names where the file only describes them.`);
  }
  const cost = options.cost ?? (raw.cost === undefined ? undefined : toCostRule(raw.cost));
  const { sources } = raw;
  if (sources === undefined || cost === undefined) {
    throw new DataError(`${where}: needs sources and cost (or by_source with fast_cost and thinking_cost).`);
  }
  const count = countOf(cost);
  if (count !== null && count !== listed.length) {
    throw new DataError(`${where}: expected one cost for each of ${listed.length} models; given ${count}.`);
  }
  const canonical = listed.map((model) => toCanonicalModel(place.aliases, model));
  return {
    id: raw.id,
    columns: canonical.map((model) => ({
      component: model,
      bySource: sources.map((pattern) => ({ pattern, models: [model] })),
    })),
    cost,
    aliases: place.aliases,
  };
};

export interface DefinitionOptions {
  /** Path of a `sets.json`. */
  readonly file: string;
  /** Id of the set. */
  readonly set: string;
  /** Replaces the set's own `models`, for sets that describe theirs in words. */
  readonly models?: readonly string[];
  /** Replaces the set's own cost rule. */
  readonly cost?: CostRule;
}

/** One set of a `sets.json`. Throws `DataError` naming file, set and member; an unknown id lists the known ones. */
export const loadSetDefinition = async (options: DefinitionOptions): Promise<OutcomeSetDefinition> => {
  const { file, set } = options;
  const parsed = fileSchema.safeParse(await loadJson(file));
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new DataError(`${file}: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not as expected'}`, {
      cause: parsed.error,
    });
  }
  const raw = parsed.data.sets.find((candidate) => candidate.id === set);
  if (raw === undefined) {
    const known = parsed.data.sets.map((candidate) => candidate.id).join(', ');
    throw new DataError(`${file}: no set ${set}; it defines ${known}.`);
  }
  const place = { file, aliases: new Map(Object.entries(parsed.data.aliases)) };
  const isReplaced = options.models !== undefined || options.cost !== undefined;
  return raw.by_source === undefined || isReplaced ? toModelList(raw, options, place) : toBySource(raw, place);
};

const loadJson = async (file: string): Promise<unknown> => {
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new DataError(`${file}: cannot be read as JSON: ${message}`, { cause: error });
  }
};
