/** Policies in force: which one decides for each unified model, and all of them by version. */
import type { Component, UnifiedModel } from '../catalog/component.ts';
import type { Pool } from '../catalog/pool.ts';
import { ConfigError } from '../errors.ts';
import { createSafePolicy, guardPolicy } from '../policy/guard.ts';
import { createLearnedPolicy } from '../policy/learned/policy.ts';
import { renderUnloadable, type RouterRelease, type Routers } from '../policy/learned/release.ts';
import type { Policy } from '../policy/policy.ts';
import { createRulesPolicy } from '../policy/rules.ts';
import { createStaticPolicy } from '../policy/static.ts';
import type { Resolution } from './resolve.ts';

/** Version of what stands in for a shipped router that cannot be loaded. */
export const UNLOADABLE_VERSION = 'default@unloadable';

export interface ModelPolicy {
  readonly policy: Policy;
  /** Answers where the policy fails: the first component. */
  readonly safeComponent: string;
  /** Why the router of this model could not be loaded; null: nothing is wrong. */
  readonly fault: string | null;
}

export interface PolicySet {
  /** By unified model. */
  readonly byModel: ReadonlyMap<string, ModelPolicy>;
  /** Every policy that can be asked: what pins and replays look a record's router up in. */
  readonly byVersion: ReadonlyMap<string, Policy>;
}

const rules = createRulesPolicy();

const toLearned = (release: RouterRelease, safeComponent: string): ModelPolicy =>
  release.type === 'loaded'
    ? {
        policy: createLearnedPolicy({ artifact: release.artifact, artifactHash: release.hash }),
        safeComponent,
        fault: null,
      }
    : {
        policy: createSafePolicy({ version: UNLOADABLE_VERSION, safeComponent }),
        safeComponent,
        fault: renderUnloadable(release),
      };

const toModelPolicy = (model: UnifiedModel, { shipped, own }: Routers): ModelPolicy => {
  const safeComponent = model.components[0] ?? '';
  switch (model.policy) {
    case 'rules':
      return { policy: rules, safeComponent, fault: null };
    case 'static':
      return { policy: createStaticPolicy({ component: safeComponent }), safeComponent, fault: null };
    case 'learned': {
      const release = model.router === null ? shipped : own.get(model.name);
      if (release === undefined)
        throw new ConfigError(`models.${model.name}.router: ${model.router ?? ''} was not loaded.`);
      return toLearned(release, safeComponent);
    }
  }
};

/** Throws ConfigError when a model names a router that is not among `routers`. */
export const createPolicies = (pool: Pool, routers: Routers): PolicySet => {
  const byModel = new Map([...pool.models.values()].map((model) => [model.name, toModelPolicy(model, routers)]));
  const policies = [rules, ...[...byModel.values()].map(({ policy }) => policy)];
  return { byModel, byVersion: new Map(policies.map((policy) => [policy.version, policy])) };
};

/** A component that an alias names belongs to the first unified model that lists it. */
const homeOf = (component: Component, pool: Pool): UnifiedModel | null =>
  [...pool.models.values()].find(({ components }) => components.includes(component.name)) ?? null;

const findModelPolicy = (resolution: Resolution, pool: Pool, { byModel }: PolicySet): ModelPolicy | undefined => {
  if (resolution.type === 'direct') return undefined;
  if (resolution.type === 'unified') return byModel.get(resolution.model.name);
  // The effort of a component that was called by name is learned, or it is the rules': there is no safe component here.
  const home = resolution.model ?? homeOf(resolution.component, pool);
  const found = home?.policy === 'learned' ? byModel.get(home.name) : undefined;
  return found?.fault === null ? found : undefined;
};

export interface PolicyQuestion {
  readonly resolution: Resolution;
  readonly pool: Pool;
  /** Told what failed, to be logged and counted. */
  readonly onFailure: (error: Error) => void;
}

/** The guarded policy for a request whose `model` was resolved. */
export const policyFor = ({ resolution, pool, onFailure }: PolicyQuestion, policies: PolicySet): Policy => {
  const { policy, safeComponent } = findModelPolicy(resolution, pool, policies) ?? { policy: rules, safeComponent: '' };
  return guardPolicy(policy, { safeComponent, onFailure });
};
