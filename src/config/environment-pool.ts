/** Without a configuration file: which components the keys and addresses in the environment come to, and why. */
import type { CatalogModel, Catalog } from '../catalog/model.ts';
import { KNOWN_PROVIDERS, LAB_NAMES_ELSEWHERE } from '../catalog/known-providers.ts';
import type { ProviderProfile } from '../catalog/provider-profile.ts';
import { findCatalogModel } from '../catalog/lookup.ts';
import { ConfigError } from '../errors.ts';
import { renderPrice } from './components.ts';
import { environmentValue, type Environment } from './environment.ts';
import type { ListModels } from './list-models.ts';
import { isAvailable, keyReference, knownBaseUrl } from './providers.ts';
import { chooseRoles, lowestEffort, MAX_THINKING_USD_PER_MTOK, type Offer } from './roles.ts';
import type { ConfigurationInput } from './schema.ts';
import { renderChoices } from './wording.ts';

/** A configuration that could stand in gearbox.yaml, and one line for each choice that was made. */
export interface ChosenConfiguration {
  readonly configuration: ConfigurationInput;
  readonly notes: readonly string[];
}

export interface EnvironmentSources {
  readonly environment: Environment;
  readonly catalog: Catalog;
  readonly listModels: ListModels;
  readonly nowMs: number;
}

/**
 * From the first provider, in the order of KNOWN_PROVIDERS, that has a key or address and of which a model is known.
 * Null when there is none; the notes then say what was found and could not be used.
 */
export const chooseFromEnvironment = async (
  sources: EnvironmentSources,
): Promise<ChosenConfiguration | { readonly configuration: null; readonly notes: readonly string[] }> => {
  const available = KNOWN_PROVIDERS.filter((provider) => isAvailable(provider, sources.environment));
  const failures: string[] = [];
  for (const [index, provider] of available.entries()) {
    const choice = await chooseFromProvider(provider, sources);
    if (choice.configuration === null) {
      failures.push(...choice.notes);
      continue;
    }
    const unused = available
      .slice(index + 1)
      .map((other) => `${other.title} (${sourceOf(other, sources.environment)})`);
    const more =
      unused.length === 0
        ? []
        : [
            `Also found: ${unused.join(', ')}. Their models can be called directly; components of theirs need a configuration file.`,
          ];
    return { ...choice, notes: [...failures, ...choice.notes, ...more] };
  }
  return { configuration: null, notes: failures };
};

type Choice = ChosenConfiguration | { readonly configuration: null; readonly notes: readonly string[] };

const chooseFromProvider = async (provider: ProviderProfile, sources: EnvironmentSources): Promise<Choice> => {
  const source = `${sourceOf(provider, sources.environment)} is set`;
  const named = namedModels(provider, sources.environment);
  if (named.length > 0)
    return fromNames(provider, named, { reason: `${source}, and ${modelVariable(provider)} names the model`, sources });
  const offered = await offersOf(provider, sources);
  if (offered.type === 'failed') return { configuration: null, notes: [`${source}, but ${offered.reason}.`] };
  // A local server is asked for one model at two settings: loading two would swap them in and out of its memory.
  if (provider.addressVariable !== null)
    return fromNames(provider, offered.ids.slice(0, 1), { reason: `${source}, and the server has it`, sources });
  const roles = chooseRoles(offered.offers, { ...sources, chat: provider.protocol === 'openai-chat' });
  if (roles === null)
    return {
      configuration: null,
      notes: [`${source}, but the catalog knows no current model there; set ${modelVariable(provider)}.`],
    };
  return fromOffers(provider, { fast: roles.fast, thinking: roles.thinking }, source);
};

const sourceOf = (provider: ProviderProfile, environment: Environment): string =>
  keyReference(provider, environment)?.slice('env:'.length) ?? provider.addressVariable ?? provider.name;

/** `OLLAMA_MODEL`, `GROQ_MODEL`: one model, or the fast and the thinking one separated by a comma. */
const modelVariable = ({ name }: ProviderProfile): string => `${name.toUpperCase()}_MODEL`;

const namedModels = (provider: ProviderProfile, environment: Environment): readonly string[] =>
  (environmentValue(environment, modelVariable(provider)) ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '' && !/\s/.test(name))
    .slice(0, 2);

type Offered =
  | { readonly type: 'offers'; readonly offers: readonly Offer[]; readonly ids: readonly string[] }
  | { readonly type: 'failed'; readonly reason: string };

/** OpenRouter's ids are `<lab>/<model>`; what it serves follows from the catalog. Other hosts are asked. */
const HOST_OF_ALL_LABS = 'openrouter';

const offersOf = async (provider: ProviderProfile, sources: EnvironmentSources): Promise<Offered> => {
  const { catalog } = sources;
  const models = [...catalog.models.values()];
  if (provider.hasOwnIds)
    return { type: 'failed', reason: `its models have names of your own; set ${modelVariable(provider)}` };
  if (provider.name === HOST_OF_ALL_LABS) return { type: 'offers', offers: offersOfAllLabs(models), ids: [] };
  if (provider.labs.length === 0) return askForOffers(provider, sources);
  const own = models.filter(({ lab }) => provider.labs.includes(lab));
  return { type: 'offers', offers: own.map((model) => ({ upstreamModel: bareName(model), model })), ids: [] };
};

const bareName = ({ id, lab }: CatalogModel): string => id.slice(lab.length + 1);

/** The models of the likeliest lab only: one lab's prices order its models, prices of different labs do not. */
const offersOfAllLabs = (models: readonly CatalogModel[]): readonly Offer[] => {
  const [lab] = KNOWN_PROVIDERS.flatMap(({ labs }) => labs);
  const elsewhere = [...LAB_NAMES_ELSEWHERE].find(([, name]) => name === lab)?.[0] ?? lab;
  return models
    .filter((model) => model.lab === lab)
    .map((model) => ({ upstreamModel: `${elsewhere}/${bareName(model)}`, model }));
};

/** Models that answer no chat. */
const NO_CHAT = /embed|rerank|whisper|tts|speech|guard|moderation|image|diffusion|ocr/i;

const askForOffers = async (provider: ProviderProfile, sources: EnvironmentSources): Promise<Offered> => {
  const { environment, catalog, listModels } = sources;
  const variable = modelVariable(provider);
  try {
    const reference = keyReference(provider, environment);
    const secret = reference === null ? null : (environmentValue(environment, reference.slice('env:'.length)) ?? null);
    const all = await listModels({ baseUrl: knownBaseUrl(provider, environment), secret });
    const known = all
      .filter((id) => !NO_CHAT.test(id))
      .map((id) => ({ id, found: findCatalogModel(catalog, { provider: provider.name, upstreamModel: id }) }));
    // Known models first: their efforts and limits are facts. Otherwise the order of the server.
    const ids = known
      .toSorted((a, b) => Number(b.found !== undefined) - Number(a.found !== undefined))
      .map(({ id }) => id);
    const offers = known.flatMap(({ id, found }) =>
      found === undefined ? [] : [{ upstreamModel: id, model: found.model }],
    );
    return ids.length === 0
      ? { type: 'failed', reason: `${provider.title} has no chat model` }
      : { type: 'offers', offers, ids };
  } catch (error) {
    const cause = error instanceof ConfigError ? 'its address is wrong' : 'it could not be asked for its models';
    const fix = provider.addressVariable === null ? 'check key and network' : 'start it';
    return { type: 'failed', reason: `${cause}; ${fix}, or set ${variable}` };
  }
};

interface Named {
  readonly reason: string;
  readonly sources: EnvironmentSources;
}

/** From ids alone: the first is fast, the last thinking; with one id both are this model. */
const fromNames = (provider: ProviderProfile, names: readonly string[], { reason, sources }: Named): Choice => {
  const [first] = names;
  const last = names.at(-1);
  if (first === undefined || last === undefined) return { configuration: null, notes: [] };
  const toModel = (upstreamModel: string): CatalogModel | null =>
    findCatalogModel(sources.catalog, { provider: provider.name, upstreamModel })?.model ?? null;
  const [fast, thinking] = [toModel(first), toModel(last)];
  // The electricity of one's own machine is not metered; only a price of 0 lets the router compare.
  const price = provider.addressVariable === null ? {} : { price: { input: 0, output: 0 } };
  const notes = [
    renderNote('fast', { provider, upstreamModel: first, model: fast, reason }),
    renderNote('thinking', { provider, upstreamModel: last, model: thinking, reason }),
    ...(provider.addressVariable === null
      ? []
      : [`${provider.title} runs on your own hardware: its price is taken as 0.`]),
    ...(first === last ? [twoSettings(fast)] : []),
    ...(first === last && fast?.reasoning.control !== 'none' && fast !== null ? [] : unknownNote(fast, first)),
  ];
  return {
    configuration: toConfiguration(
      { model: `${provider.name}/${first}`, effort: fast === null ? 'none' : lowestEffort(fast), ...price },
      { model: `${provider.name}/${last}`, effort: thinking === null ? 'provider' : 'auto', ...price },
    ),
    notes,
  };
};

const unknownNote = (model: CatalogModel | null, name: string): readonly string[] =>
  model === null
    ? [`The catalog does not know ${name}: cautious facts are assumed, and no reasoning effort is sent.`]
    : [];

const fromOffers = (
  provider: ProviderProfile,
  { fast, thinking }: { readonly fast: Offer; readonly thinking: Offer },
  source: string,
): ChosenConfiguration => {
  const same = fast.upstreamModel === thinking.upstreamModel;
  return {
    configuration: toConfiguration(
      { model: `${provider.name}/${fast.upstreamModel}`, effort: lowestEffort(fast.model) },
      { model: `${provider.name}/${thinking.upstreamModel}`, effort: 'auto' },
    ),
    notes: [
      renderNote('fast', {
        provider,
        ...fast,
        reason: `${source}; the cheapest current model there that is not made for bulk work`,
      }),
      renderNote('thinking', {
        provider,
        ...thinking,
        reason: `${source}; ${renderThinkingRule(thinking.model)}`,
      }),
      ...(same ? [twoSettings(fast.model)] : []),
    ],
  };
};

const renderThinkingRule = ({ sources }: CatalogModel): string => {
  const price = sources.price?.verified === true ? 'a confirmed price' : 'a price, none of which is confirmed,';
  const facts = sources.facts.verified ? '' : ' (not all of its other facts are confirmed)';
  return `the newest of the flagships there that reason, with ${price} up to $${MAX_THINKING_USD_PER_MTOK} per million output tokens${facts}`;
};

type ComponentInput = ConfigurationInput['components'][string];

const toConfiguration = (fast: ComponentInput, thinking: ComponentInput): ConfigurationInput => ({
  version: 1,
  components: { fast, thinking },
  models: { auto: { components: ['fast', 'thinking'], objective: 'balanced', baseline: 'thinking' } },
});

interface Noted {
  readonly provider: ProviderProfile;
  readonly upstreamModel: string;
  readonly model: CatalogModel | null;
  readonly reason: string;
}

const renderNote = (role: string, { provider, upstreamModel, model, reason }: Noted): string => {
  // A lab's list price holds there, and for closed weights wherever they are resold; other hosts set their own.
  const isListed =
    model !== null && (provider.labs.length > 0 || !model.openWeights) && provider.addressVariable === null;
  const facts = isListed ? ` (${renderPrice(model)})` : '';
  return `${role} = ${provider.name}/${upstreamModel}${facts}: ${reason}.`;
};

const twoSettings = (model: CatalogModel | null): string =>
  model === null || model.reasoning.control === 'none'
    ? 'fast and thinking are the same model without a reasoning setting: routing has little to decide until a second model is added.'
    : `fast and thinking are one model at two settings: effort ${renderChoices([lowestEffort(model)])}, and what the router decides.`;
