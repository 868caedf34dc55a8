/** Unified models: the names that route, each over its components. */
import { fromUsd } from '../canonical/money.ts';
import type { Component, ObjectiveSetting, UnifiedModel } from '../catalog/component.ts';
import type { BuildContext } from './context.ts';
import { parseDuration } from './quantity.ts';
import type { Configuration } from './schema.ts';
import { renderSuggestion } from './wording.ts';

/** The unified model that exists when none is configured. */
export const DEFAULT_UNIFIED_MODEL = 'auto';

/** Roles that answer only when asked for by name or at a limit, unless a unified model lists them. */
const ROLES_ON_DEMAND: readonly string[] = ['fast-mini', 'thinking-mini', 'thinking-nano', 'pro'];

type ModelConfiguration = NonNullable<Configuration['models']>[string];

/** The components that a unified model has when it lists none: all but minis, nano and pro; all, where nothing is left. */
export const defaultComponents = (
  components: readonly { readonly name: string; readonly role: string; readonly mini: string | null }[],
): readonly string[] => {
  const minis = new Set(components.map(({ mini }) => mini));
  const chosen = components.filter(({ name, role }) => !ROLES_ON_DEMAND.includes(role) && !minis.has(name));
  return (chosen.length > 0 ? chosen : components).map(({ name }) => name);
};

export const toObjective = (setting: string | number): ObjectiveSetting =>
  typeof setting === 'number'
    ? { type: 'value', microUsdPerSuccess: fromUsd(setting) }
    : // The schema allows the preset names only.
      { type: 'preset', name: setting as Extract<ObjectiveSetting, { type: 'preset' }>['name'] };

/** Unified models by name; unknown components are reported and left out. */
export const buildUnifiedModels = (
  configuration: Configuration,
  components: ReadonlyMap<string, Component>,
  context: BuildContext,
): ReadonlyMap<string, UnifiedModel> => {
  const configured = configuration.models ?? {};
  const models = Object.keys(configured).length === 0 ? { [DEFAULT_UNIFIED_MODEL]: IMPLIED } : configured;
  const written = Object.keys(configuration.components);
  reportShadows(Object.keys(models), written, context);
  return new Map(
    Object.entries(models).flatMap(([name, model]): [string, UnifiedModel][] => {
      const checkName = (component: string, field: readonly (string | number)[]): boolean =>
        isKnownComponent(component, { written, path: ['models', name, ...field], context });
      const listed = (model.components ?? []).filter((component, index) => checkName(component, ['components', index]));
      reportDuplicates(model.components ?? [], ['models', name, 'components'], context);
      if (model.baseline !== undefined) checkName(model.baseline, ['baseline']);
      const names = model.components === undefined ? defaultComponents([...components.values()]) : [...new Set(listed)];
      return [[name, toUnifiedModel(name, model, names)]];
    }),
  );
};

const IMPLIED: ModelConfiguration = { objective: 'balanced', policy: 'learned' };

const toUnifiedModel = (name: string, model: ModelConfiguration, components: readonly string[]): UnifiedModel => ({
  name,
  components,
  objective: toObjective(model.objective),
  baseline: model.baseline ?? null,
  policy: model.policy,
  router: model.router ?? null,
  bandPoints: model.band ?? null,
  maxWaitMs: model.max_wait === undefined ? null : parseDuration(model.max_wait),
});

interface NamePlace {
  readonly written: readonly string[];
  readonly path: readonly (string | number)[];
  readonly context: BuildContext;
}

const isKnownComponent = (component: string, { written, path, context }: NamePlace): boolean => {
  if (written.includes(component)) return true;
  context.report({
    code: 'unknown_component',
    severity: 'error',
    path,
    expected: `a component (${written.join(', ')})`,
    given: JSON.stringify(component),
    fix: renderSuggestion(component, written, `add ${component} under components`),
  });
  return false;
};

const reportDuplicates = (
  names: readonly string[],
  path: readonly (string | number)[],
  { report }: BuildContext,
): void => {
  for (const [index, name] of names.entries()) {
    if (names.indexOf(name) === index) continue;
    const expected = 'every component once';
    report({
      code: 'duplicate',
      severity: 'warning',
      path: [...path, index],
      expected,
      given: `${JSON.stringify(name)} again`,
      fix: 'remove it',
    });
  }
};

/** A component with the name of a unified model could never be told from it. */
const reportShadows = (models: readonly string[], components: readonly string[], { report }: BuildContext): void => {
  for (const name of components.filter((component) => models.includes(component)))
    report({
      code: 'shadowed_name',
      severity: 'error',
      path: ['components', name],
      expected: 'a name that no unified model has',
      given: `${JSON.stringify(name)}, which is also a unified model`,
      fix: 'rename the component or the unified model',
    });
};
