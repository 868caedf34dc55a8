/** Components: each entry of gearbox.yaml with its deployments, instructions, limits and mini, checked against the catalog. */
import { EFFORTS, type Effort } from '../canonical/effort.ts';
import { MICRO_PER_USD } from '../canonical/money.ts';
import { findCatalogModel } from '../catalog/lookup.ts';
import type { CallLimit, Component, Deployment } from '../catalog/component.ts';
import { compareScores } from '../policy/published-score.ts';
import { createDeployment, parseDeploymentId, type PriceOverride } from '../catalog/deployment.ts';
import type { ProviderSettings } from '../catalog/pool.ts';
import type { BuildContext } from './context.ts';
import { fingerprint } from './fingerprint.ts';
import type { FieldProblem } from './problem.ts';
import { loadInstructions } from './instructions.ts';
import { findProvider } from './providers.ts';
import { parseCallLimit } from './quantity.ts';
import type { ComponentConfiguration } from './schema.ts';
import { renderChoices, renderSuggestion } from './wording.ts';

interface ComponentSources {
  readonly components: Readonly<Record<string, ComponentConfiguration>>;
  readonly providers: ReadonlyMap<string, ProviderSettings>;
  readonly context: BuildContext;
}

/** Components by name; one whose first deployment cannot be reached is reported and left out. */
export const buildComponents = async (sources: ComponentSources): Promise<ReadonlyMap<string, Component>> => {
  const built = new Map<string, Component>();
  for (const [name, configuration] of Object.entries(sources.components)) {
    const component = await buildComponent(name, configuration, sources);
    if (component !== null) built.set(name, component);
  }
  return comparePublished(built, sources.context);
};

/** With what published scores say of each; a score beside which there is no other is a warning. */
const comparePublished = (
  built: ReadonlyMap<string, Component>,
  { report }: BuildContext,
): ReadonlyMap<string, Component> => {
  const abilities = compareScores(built.values());
  return new Map(
    [...built].map(([name, component]) => {
      const published = abilities.get(name);
      if (component.score !== undefined && published === undefined)
        report({
          code: 'score_alone',
          severity: 'warning',
          path: ['components', name, 'score'],
          expected: 'a score of the same benchmark at another component',
          given: `the only one of ${JSON.stringify(component.score.benchmark)}, which has nothing to be compared with`,
          fix: 'add the other components’ scores, all by the same benchmark name, or remove it',
        });
      const { hash: _, ...unhashed } = component;
      return [name, published === undefined ? component : withHash({ ...unhashed, published })];
    }),
  );
};

const buildComponent = async (
  name: string,
  configuration: ComponentConfiguration,
  { components, providers, context }: ComponentSources,
): Promise<Component | null> => {
  const toDeployment = (reference: string, field: readonly (string | number)[]): Deployment | null =>
    buildDeployment(reference, { path: ['components', name, ...field], configuration, providers, context });
  const first = toDeployment(configuration.model, ['model']);
  const fallbacks = configuration.fallback.map((reference, index) => toDeployment(reference, ['fallback', index]));
  const instructions =
    configuration.instructions === undefined ? null : await loadInstructions(name, configuration.instructions, context);
  const limits = toLimits(configuration);
  const mini = findMini(name, configuration, { limits, components, context });
  if (first === null) return null;
  const deployments: readonly [Deployment, ...Deployment[]] = [first, ...fallbacks.filter((item) => item !== null)];
  checkParameters(name, configuration, { deployments, context });
  return withHash({
    name,
    role: configuration.role ?? name,
    deployments,
    effort: configuration.effort,
    verbosity: configuration.verbosity ?? null,
    maxOutputTokens: configuration.max_output_tokens ?? null,
    instructions,
    for: configuration.for,
    limits,
    mini,
    simulated: providers.get(first.provider)?.simulated ?? false,
    ...(configuration.score === undefined ? {} : { score: configuration.score }),
  });
};

/** Adds the hash over everything else. */
export const withHash = (component: Omit<Component, 'hash'>): Component => ({
  ...component,
  hash: fingerprint(component),
});

interface DeploymentSources {
  readonly path: readonly (string | number)[];
  readonly configuration: ComponentConfiguration;
  readonly providers: ReadonlyMap<string, ProviderSettings>;
  readonly context: BuildContext;
}

const buildDeployment = (reference: string, sources: DeploymentSources): Deployment | null => {
  const { path, configuration, providers, context } = sources;
  const { provider, upstreamModel } = parseDeploymentId(reference);
  const settings = findProvider(provider, providers, { path, context });
  if (settings === null) return null;
  const listed = createDeployment({ settings, upstreamModel, catalog: context.catalog });
  // A component's price is that of its first deployment; a fallback elsewhere keeps the price that the catalog knows.
  const isOverridden = path.at(-1) === 'model' || listed.model.price === null;
  const price = isOverridden ? toPriceOverride(configuration.price) : null;
  const deployment =
    price === null ? listed : createDeployment({ settings, upstreamModel, catalog: context.catalog, price });
  reportFacts(deployment, sources);
  return deployment;
};

const toPriceOverride = (price: ComponentConfiguration['price']): PriceOverride | null =>
  price === undefined
    ? null
    : {
        input: price.input,
        output: price.output,
        ...(price.cache_read === undefined ? {} : { cacheRead: price.cache_read }),
        ...(price.cache_write === undefined ? {} : { cacheWrite: price.cache_write }),
        ...(price.cache_write_1h === undefined ? {} : { cacheWriteOneHour: price.cache_write_1h }),
      };

/** Warnings about a model that is unknown, has no price, or is on its way out. */
const reportFacts = (deployment: Deployment, { path, context }: DeploymentSources): void => {
  const { model, inCatalog, id } = deployment;
  const warn = (code: string, texts: { expected: string; given: string; fix: string }): void =>
    context.report({ code, severity: 'warning', path, ...texts });
  if (!inCatalog)
    warn('unknown_model', {
      expected: 'a model of the catalog',
      given: `${id}, about which cautious facts are assumed (no efforts, text only, ${model.limits.contextTokens} tokens)`,
      fix: renderSuggestion(
        deployment.upstreamModel,
        modelNames(deployment, context),
        'check the id; a router or a local model may stay as it is',
      ),
    });
  if (model.price === null)
    warn('price_unknown', {
      expected: 'a price in the catalog or in the configuration',
      given: `none for ${id}: its cost is unknown, and the router cannot compare it`,
      fix: 'add price: { input: …, output: … } in USD per million tokens (0 for your own hardware)',
    });
  const shutdownMs = model.shutdownOn === null ? Number.POSITIVE_INFINITY : Date.parse(model.shutdownOn);
  if (model.status === 'retired' || shutdownMs <= context.nowMs)
    warn('model_retired', {
      expected: 'a model that still answers',
      given: `${id}, shut down ${model.shutdownOn ?? 'already'}`,
      fix: successorFix(deployment),
    });
  else if (model.status === 'deprecated' || model.shutdownOn !== null)
    warn('model_deprecated', {
      expected: 'a model that stays',
      given: `${id}, to be shut down ${model.shutdownOn ?? 'at a date not yet known'}`,
      fix: successorFix(deployment),
    });
};

const successorFix = ({ model }: Deployment): string =>
  model.successors.length === 0
    ? 'choose another model'
    : `its lab names ${renderChoices(model.successors)} as successor`;

/** Ids that could have been meant: the model's names at the provider's own labs, or everywhere. */
const modelNames = ({ provider, upstreamModel }: Deployment, { catalog }: BuildContext): readonly string[] => {
  const models = [...catalog.models.values()];
  const bare = models.map((model) => model.id.slice(model.lab.length + 1));
  if (upstreamModel.includes('/')) return models.map(({ id }) => id);
  return bare.filter((name) => findCatalogModel(catalog, { provider, upstreamModel: name }) !== undefined);
};

const toLimits = ({ limit }: ComponentConfiguration): Component['limits'] => {
  const parse = (text: string | undefined): CallLimit | null => (text === undefined ? null : parseCallLimit(text));
  return typeof limit === 'string'
    ? { router: parse(limit), user: parse(limit) }
    : { router: parse(limit?.router), user: parse(limit?.user) };
};

interface MiniSources {
  readonly limits: Component['limits'];
  readonly components: Readonly<Record<string, ComponentConfiguration>>;
  readonly context: BuildContext;
}

/** The mini's name: as configured, else `<name>-mini` where there is one. A limit that leads nowhere is an error. */
const findMini = (name: string, configuration: ComponentConfiguration, sources: MiniSources): string | null => {
  const { limits, components, context } = sources;
  const names = Object.keys(components);
  const standard = `${name}-mini`;
  const mini = configuration.mini ?? (names.includes(standard) ? standard : null);
  if (configuration.mini !== undefined && (!names.includes(configuration.mini) || configuration.mini === name)) {
    context.report({
      code: 'unknown_component',
      severity: 'error',
      path: ['components', name, 'mini'],
      expected: 'the name of another component',
      given: JSON.stringify(configuration.mini),
      fix: renderSuggestion(
        configuration.mini,
        names.filter((other) => other !== name),
        'add that component',
      ),
    });
    return null;
  }
  if (mini === null && (limits.router !== null || limits.user !== null))
    context.report({
      code: 'limit_without_mini',
      severity: 'error',
      path: ['components', name, 'limit'],
      expected: `a component that takes over at the limit (${standard}, or the one that mini: names)`,
      given: 'none',
      fix: `add a component ${standard}, name one with mini:, or remove the limit`,
    });
  return mini;
};

interface ParameterSources {
  readonly deployments: readonly [Deployment, ...Deployment[]];
  readonly context: BuildContext;
}

const UNUSED = {
  fallback: 'a component that fails answers with its error; nothing else is called yet',
  limit: 'calls are not counted yet, and no mini takes over',
} as const;

/** Whoever configures it would believe to be protected. */
const toUnused = (field: keyof typeof UNUSED, name: string): FieldProblem => ({
  code: 'not_in_force',
  severity: 'warning',
  path: ['components', name, field],
  expected: 'nothing here in this version',
  given: `a ${field}, which is read and shown, but not used: ${UNUSED[field]}`,
  fix: 'keep it for a later version, and do not rely on it',
});

const checkParameters = (
  name: string,
  configuration: ComponentConfiguration,
  { deployments, context }: ParameterSources,
): void => {
  const { effort } = configuration;
  if (configuration.fallback.length > 0) context.report(toUnused('fallback', name));
  if (configuration.limit !== undefined) context.report(toUnused('limit', name));
  for (const [index, deployment] of deployments.entries()) {
    if (effort !== 'auto' && effort !== 'provider')
      checkEffort(effort, { name, deployment, isFallback: index > 0, context });
  }
  const [{ model, id }] = deployments;
  const most = model.limits.outputTokens;
  if (configuration.max_output_tokens !== undefined && configuration.max_output_tokens > most)
    context.report({
      code: 'output_limit',
      severity: 'warning',
      path: ['components', name, 'max_output_tokens'],
      expected: `at most ${most}, the limit of ${id}`,
      given: String(configuration.max_output_tokens),
      fix: 'lower it; until then the limit of the model applies',
    });
};

interface EffortPlace {
  readonly name: string;
  readonly deployment: Deployment;
  readonly isFallback: boolean;
  readonly context: BuildContext;
}

/** A model without reasoning takes `none`, which is what it does. Facts that are guesses only warn. */
const checkEffort = (effort: Effort, { name, deployment, isFallback, context }: EffortPlace): void => {
  const { reasoning } = deployment.model;
  const efforts = reasoning.control === 'none' ? (['none'] as const) : reasoning.efforts;
  if (efforts.some((supported) => supported === effort)) return;
  const supported = EFFORTS.filter((level) => efforts.some((other) => other === level));
  context.report({
    code: 'effort_unsupported',
    severity: deployment.inCatalog && !isFallback ? 'error' : 'warning',
    path: ['components', name, 'effort'],
    expected: `an effort of ${deployment.id}: ${renderChoices([...supported, 'auto', 'provider'])}`,
    given: effort,
    fix:
      isFallback || !deployment.inCatalog
        ? 'choose a common one; until then the nearest that the model takes is sent'
        : `use ${renderChoices(supported.length === 0 ? ['provider'] : supported)}, or auto to let the router decide`,
  });
};

/** Micro-dollars per million tokens of a typical call, three parts input to one part output; null when unknown. */
export const blendedPrice = ({ price }: Deployment['model']): number | null =>
  price === null ? null : (3 * price.base.input + price.base.output) / 4;

/** For people: `$0.10 in, $0.50 out per million tokens`, or that nobody says. */
export const renderPrice = ({ price }: Deployment['model']): string => {
  const usd = (micro: number): string => `$${(micro / MICRO_PER_USD).toFixed(2)}`;
  return price === null
    ? 'price unknown'
    : `${usd(price.base.input)} in, ${usd(price.base.output)} out per million tokens`;
};
