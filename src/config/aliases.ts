/** Aliases: old or borrowed model names, each resolved to the component, unified model or deployment it ends at. */
import type { Effort, Verbosity } from '../canonical/effort.ts';
import type { Alias } from '../catalog/component.ts';
import type { BuildContext } from './context.ts';
import type { AliasConfiguration, Configuration } from './schema.ts';
import { renderChoices, renderSuggestion } from './wording.ts';

interface Names {
  readonly components: readonly string[];
  readonly models: readonly string[];
  readonly providers: readonly string[];
}

interface AliasEntry {
  /** Written as a map, not as a word: the target then has a field of its own. */
  readonly isMap: boolean;
  readonly to: string;
  readonly effort: Effort | null;
  readonly verbosity: Verbosity | null;
  readonly deprecatedOn: string | null;
  readonly sunsetOn: string | null;
}

/** Aliases by name, chains followed to their end. Those that lead nowhere are reported and left out. */
export const buildAliases = (
  configured: Configuration['aliases'],
  names: Names,
  context: BuildContext,
): ReadonlyMap<string, Alias> => {
  const entries = new Map(Object.entries(configured).map(([name, alias]) => [name, toEntry(alias)]));
  const aliases = new Map<string, Alias>();
  for (const [name, entry] of entries) {
    checkShadows(name, entry, { names, context });
    checkDates(name, entry, context);
    const end = followAlias(name, { entries, names, context });
    const { deprecatedOn, sunsetOn } = entry;
    if (end !== null) aliases.set(name, { name, ...end, deprecatedOn, sunsetOn });
  }
  return aliases;
};

/** What one name may stand for: `auto/<component>` and `<component>` are the same component. */
export const toComponentName = (target: string, { components, models }: Omit<Names, 'providers'>): string | null => {
  if (components.includes(target)) return target;
  const model = models.find((name) => target.startsWith(`${name}/`));
  const component = model === undefined ? undefined : target.slice(model.length + 1);
  return component !== undefined && components.includes(component) ? component : null;
};

const toEntry = (alias: AliasConfiguration): AliasEntry =>
  typeof alias === 'string'
    ? { isMap: false, to: alias, effort: null, verbosity: null, deprecatedOn: null, sunsetOn: null }
    : {
        isMap: true,
        to: alias.to,
        effort: alias.effort ?? null,
        verbosity: alias.verbosity ?? null,
        deprecatedOn: alias.deprecated ?? null,
        sunsetOn: alias.sunset ?? null,
      };

interface AliasSources {
  readonly entries: ReadonlyMap<string, AliasEntry>;
  readonly names: Names;
  readonly context: BuildContext;
}

/** Follows a chain of aliases; the first effort and verbosity on the way count. Null, and a problem, at a dead end. */
const followAlias = (name: string, sources: AliasSources): Pick<Alias, 'to' | 'effort' | 'verbosity'> | null => {
  const { entries, names, context } = sources;
  const path = ['aliases', name, ...(entries.get(name)?.isMap === true ? ['to'] : [])];
  const visited: string[] = [];
  let current = name;
  let parameters: Pick<Alias, 'effort' | 'verbosity'> = { effort: null, verbosity: null };
  for (;;) {
    const entry = entries.get(current);
    if (entry === undefined) return reportUnknownTarget(current, path, sources);
    visited.push(current);
    parameters = { effort: parameters.effort ?? entry.effort, verbosity: parameters.verbosity ?? entry.verbosity };
    const component = toComponentName(entry.to, names);
    if (component !== null) return { to: component, ...parameters };
    if (names.models.includes(entry.to)) return { to: entry.to, ...parameters };
    if (visited.includes(entry.to)) return reportCycle([...visited, entry.to], path, context);
    if (!entries.has(entry.to) && isDirect(entry.to, names)) return { to: entry.to, ...parameters };
    current = entry.to;
  }
};

const isDirect = (target: string, { providers }: Names): boolean =>
  target.includes('/') && providers.includes(target.slice(0, target.indexOf('/')));

const reportCycle = (names: readonly string[], path: readonly string[], { report }: BuildContext): null => {
  report({
    code: 'alias_cycle',
    severity: 'error',
    path,
    expected: 'an alias that ends at a component, a unified model or provider/model',
    given: `a circle: ${names.join(' → ')}`,
    fix: `point one of ${renderChoices([...new Set(names)])} at a component`,
  });
  return null;
};

const reportUnknownTarget = (
  target: string,
  path: readonly string[],
  { entries, names, context }: AliasSources,
): null => {
  const known = [...names.components, ...names.models, ...entries.keys()];
  context.report({
    code: 'unknown_target',
    severity: 'error',
    path,
    expected: 'a component, a unified model, another alias, or provider/model of a usable provider',
    given: JSON.stringify(target),
    fix: renderSuggestion(target, known, `use one of ${renderChoices([...names.components, ...names.models])}`),
  });
  return null;
};

/** Names that resolve before aliases do, so that the alias would never be used or would change what a name means. */
const checkShadows = (
  name: string,
  entry: AliasEntry,
  { names, context }: Pick<AliasSources, 'names' | 'context'>,
): void => {
  const component = toComponentName(name, names);
  const isOwnComponent = component === name && toComponentName(entry.to, names) === name;
  if ((component === null || isOwnComponent) && !names.models.includes(name)) return;
  context.report({
    code: 'shadowed_name',
    severity: 'error',
    path: ['aliases', name],
    expected: 'a name that no unified model or component has',
    given: `${JSON.stringify(name)}, which is one already`,
    fix: 'rename or remove the alias',
  });
};

const checkDates = (name: string, { deprecatedOn, sunsetOn }: AliasEntry, { report, nowMs }: BuildContext): void => {
  if (deprecatedOn !== null && sunsetOn !== null && sunsetOn < deprecatedOn)
    report({
      code: 'dates',
      severity: 'error',
      path: ['aliases', name, 'sunset'],
      expected: `a day from ${deprecatedOn} on, when the name is deprecated`,
      given: sunsetOn,
      fix: 'swap the two dates or correct one',
    });
  else if (sunsetOn !== null && Date.parse(sunsetOn) <= nowMs)
    report({
      code: 'alias_sunset',
      severity: 'warning',
      path: ['aliases', name, 'sunset'],
      expected: 'a day in the future',
      given: `${sunsetOn}, so that the name no longer works`,
      fix: 'remove the alias, or move the day',
    });
};
