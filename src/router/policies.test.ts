import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sampleAlias, samplePool, sampleUnified } from '../../test/samples/pool.ts';
import { sampleInput } from '../../test/samples/policy.ts';
import { trainSampleRouter } from '../../test/samples/trained.ts';
import type { Pool } from '../catalog/pool.ts';
import { ConfigError } from '../errors.ts';
import type { LoadedRouter, Routers, UnloadableRouter } from '../policy/learned/release.ts';
import { createPolicies, policyFor, UNLOADABLE_VERSION } from './policies.ts';
import { resolveModel } from './resolve.ts';

const loadedAs = (name: string): LoadedRouter => {
  const { artifact, hash } = trainSampleRouter(name);
  return { type: 'loaded', artifact, hash, path: `/routers/${name}.bin` };
};

const shipped = loadedAs('default');
const mine = loadedAs('mine');
const unloadable: UnloadableRouter = {
  type: 'unloadable',
  path: '/routers/default.bin',
  expected: 'a trained router',
  given: 'no such file',
  fix: 'install the package again',
};

const POOL = samplePool({
  models: [
    sampleUnified('auto', { policy: 'learned' }),
    sampleUnified('own', { policy: 'learned', router: 'mine.bin' }),
    sampleUnified('plain', { policy: 'rules' }),
    sampleUnified('fixed', { policy: 'static', components: ['thinking'] }),
  ],
  aliases: [sampleAlias('o3', 'thinking')],
});

const ROUTERS: Routers = { shipped, own: new Map([['own', mine]]) };

const versionFor = (name: string, routers: Routers = ROUTERS, pool: Pool = POOL): string =>
  policyFor(
    { resolution: resolveModel(name, pool), pool, onFailure: (error) => assert.fail(error) },
    createPolicies(pool, routers),
  ).version;

test('every unified model has the policy that it names', () => {
  assert.match(versionFor('auto'), /^default@/);
  assert.match(versionFor('own'), /^mine@/);
  assert.match(versionFor('plain'), /^rules@/);
  assert.match(versionFor('fixed'), /^static@/);
});

test('a component called by name has its effort from the router of its unified model, a direct call from none', () => {
  assert.match(versionFor('own/thinking'), /^mine@/);
  assert.match(versionFor('fixed/thinking'), /^rules@/);
  assert.match(versionFor('o3'), /^default@/);
  assert.match(versionFor('provider/anything'), /^rules@/);
});

test('all versions are listed once, for pins, status and replays', () => {
  const versions = [...createPolicies(POOL, ROUTERS).byVersion.keys()].map((version) => version.split('@')[0]);
  assert.deepEqual(versions, ['rules', 'default', 'mine', 'static']);
});

test('a shipped router that cannot be loaded leaves the safe component to answer, flagged, and others as they are', () => {
  const routers = { ...ROUTERS, shipped: unloadable };
  const policies = createPolicies(POOL, routers);
  assert.match(
    policies.byModel.get('auto')?.fault ?? '',
    /default\.bin: expected a trained router, given no such file/,
  );
  assert.equal(policies.byModel.get('own')?.fault, null);
  assert.equal(versionFor('auto', routers), UNLOADABLE_VERSION);
  assert.match(versionFor('own', routers), /^mine@/);
  assert.match(versionFor('auto/thinking', routers), /^rules@/);
  const input = sampleInput();
  const decision = policyFor(
    { resolution: resolveModel('auto', POOL), pool: POOL, onFailure: (error) => assert.fail(error) },
    policies,
  ).decide(input);
  assert.equal(input.candidates[decision.chosen]?.component.name, 'fast');
  assert.deepEqual(decision.reasonCodes, ['router_failed']);
});

test('a model whose own router was not handed over is an error that names it', () => {
  assert.throws(
    () => createPolicies(POOL, { shipped, own: new Map() }),
    (error) => {
      assert.ok(error instanceof ConfigError);
      assert.match(error.message, /models\.own\.router: mine\.bin/);
      return true;
    },
  );
});
