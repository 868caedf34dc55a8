import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sampleComponent, samplePair, sampleRequest } from '../../test/samples/policy.ts';
import { sampleAlias, sampleKey, samplePool, sampleUnified } from '../../test/samples/pool.ts';
import type { CanonicalRequest } from '../canonical/request.ts';
import type { ClientKey, Pool } from '../catalog/pool.ts';
import { InvalidRequestError } from '../errors.ts';
import { parseControls } from './controls.ts';
import type { Prepared } from './decided.ts';
import { prepare, type Pin } from './prepare.ts';

const TODAY = '2026-11-23';
const PIN_ID = 'dec_01KAR3Q8ZC5V9M7T2H4N6PXWYB';

interface Asked {
  readonly request?: Partial<CanonicalRequest>;
  readonly controls?: Record<string, unknown>;
  readonly key?: Partial<ClientKey>;
  readonly pin?: Partial<Pin>;
  readonly pool?: Pool;
}

const POOL = samplePool({
  components: [...samplePair(), sampleComponent('pro')],
  models: [
    sampleUnified('auto', { objective: { type: 'preset', name: 'quality' }, baseline: 'thinking', bandPoints: 2 }),
    sampleUnified('cheap', { components: ['fast'] }),
  ],
  aliases: [
    sampleAlias('o3', 'thinking', { effort: 'medium', verbosity: 'low' }),
    sampleAlias('best', 'auto'),
    sampleAlias('luna', 'provider/fast'),
    sampleAlias('old', 'fast', { deprecatedOn: '2026-11-23', sunsetOn: '2026-11-24' }),
    sampleAlias('soon', 'fast', { deprecatedOn: '2026-11-24' }),
    sampleAlias('gone', 'fast', { sunsetOn: '2026-11-23' }),
  ],
});

const run = ({ request, controls = {}, key, pin, pool = POOL }: Asked): Prepared =>
  prepare(
    {
      request: sampleRequest(request),
      controls: parseControls(controls as never, {}),
      key: key === undefined ? null : sampleKey(key),
      pool,
      pin: pin === undefined ? null : { decisionId: PIN_ID, component: 'thinking', effort: 'high', ...pin },
      identity: { id: null, source: 'prefix', isWhole: false },
      session: null,
    },
    TODAY,
  );

const reasoning = (effort: CanonicalRequest['reasoning']['effort']): Partial<CanonicalRequest> => ({
  reasoning: { effort, budgetTokens: null, summary: null, mode: null },
});

const namesOf = ({ components }: Prepared): readonly string[] => components.map(({ name }) => name);
const losersOf = ({ warnings }: Prepared): readonly string[] =>
  warnings.filter(({ code }) => code === 'overridden').map(({ param }) => param ?? '');

const refusal = (asked: Asked): InvalidRequestError => {
  try {
    run(asked);
  } catch (error) {
    assert.ok(error instanceof InvalidRequestError);
    return error;
  }
  return assert.fail('accepted');
};

test('auto leaves the choice to the router', () => {
  const prepared = run({});
  assert.deepEqual(namesOf(prepared), ['fast', 'thinking']);
  assert.deepEqual([prepared.settledBy, prepared.isNamed, prepared.isDirect], [null, false, false]);
  assert.deepEqual(prepared.preference, { effort: null, componentChosen: false });
  assert.deepEqual(prepared.warnings, []);
  assert.equal(prepared.baseline, 'thinking');
  assert.equal(prepared.objective.bandPoints, 2);
});

/** Pairs of neighbours in the precedence: what wins, what loses, and that the loser is named. */
const DUELS: readonly (readonly [string, Asked, readonly string[], readonly string[]])[] = [
  ['pin over model', { request: { model: 'auto/fast' }, pin: {} }, ['thinking'], ['model']],
  ['pin over alias', { request: { model: 'old' }, pin: {} }, ['thinking'], ['model']],
  ['pin over a direct call', { request: { model: 'provider/fast' }, pin: {} }, ['thinking'], ['model']],
  ['pin over mode', { controls: { mode: 'fast' }, pin: {} }, ['thinking'], ['gearbox.mode']],
  ['pin over allow', { controls: { allow: ['fast'] }, pin: {} }, ['thinking'], ['gearbox.allow']],
  ['pin over effort', { request: reasoning('low'), pin: {} }, ['thinking'], ['reasoning_effort']],
  [
    'a pin without effort over effort',
    { request: reasoning('low'), pin: { effort: null } },
    ['thinking'],
    ['reasoning_effort'],
  ],
  ['pin and model that agree', { request: { model: 'auto/thinking' }, pin: {} }, ['thinking'], []],
  ['pin and mode that agree', { controls: { mode: 'thinking' }, pin: {} }, ['thinking'], []],
  ['model over mode', { request: { model: 'auto/fast' }, controls: { mode: 'thinking' } }, ['fast'], ['gearbox.mode']],
  ['model and mode that agree', { request: { model: 'auto/fast' }, controls: { mode: 'fast' } }, ['fast'], []],
  ['mode auto asks nothing', { request: { model: 'auto/fast' }, controls: { mode: 'auto' } }, ['fast'], []],
  [
    'model over allow',
    { request: { model: 'auto/fast' }, controls: { allow: ['thinking'] } },
    ['fast'],
    ['gearbox.allow'],
  ],
  ['model within allow', { request: { model: 'auto/fast' }, controls: { allow: ['fast', 'pro'] } }, ['fast'], []],
  ['alias over mode', { request: { model: 'o3' }, controls: { mode: 'fast' } }, ['thinking'], ['gearbox.mode']],
  ['alias over effort', { request: { model: 'o3', ...reasoning('high') } }, ['thinking'], ['reasoning_effort']],
  ['alias over verbosity', { request: { model: 'o3', verbosity: 'high' } }, ['thinking'], ['verbosity']],
  [
    'alias and effort that agree',
    { request: { model: 'o3', verbosity: 'low', ...reasoning('medium') } },
    ['thinking'],
    [],
  ],
  [
    'direct over mode',
    { request: { model: 'provider/fast' }, controls: { mode: 'fast' } },
    ['provider/fast'],
    ['gearbox.mode'],
  ],
  [
    'direct over objective',
    { request: { model: 'luna' }, controls: { objective: 0.5 } },
    ['provider/fast'],
    ['gearbox.objective'],
  ],
];

test('mode comes before allow: what leaves nothing is overridden, and where they have something in common both hold', () => {
  const lost = run({ controls: { mode: 'fast', allow: ['thinking'] } });
  assert.deepEqual([losersOf(lost), lost.allow], [['gearbox.allow'], null]);
  assert.deepEqual(lost.warnings[0]?.requested, ['thinking']);
  assert.match(lost.warnings[0]?.message ?? '', /because gearbox\.mode fast comes first/);
  assert.deepEqual([lost.settledBy, lost.preference.componentChosen], ['user', true]);
  const both = run({ controls: { mode: 'fast', allow: ['fast', 'thinking'] } });
  assert.deepEqual([losersOf(both), both.allow], [[], ['fast', 'thinking']]);
  const pro = run({ controls: { mode: 'pro', allow: ['pro'] } });
  assert.deepEqual([losersOf(pro), pro.allow], [[], ['pro']]);
  const one = samplePool({
    components: [...samplePair(), sampleComponent('other', { role: 'thinking' })],
    models: [sampleUnified('auto', { components: ['fast', 'thinking', 'other'] })],
  });
  const narrowed = run({ controls: { mode: 'thinking', allow: ['other'] }, pool: one });
  assert.deepEqual([losersOf(narrowed), narrowed.allow], [[], ['other']]);
  assert.equal(narrowed.preference.componentChosen, true, 'mode and allow together leave one');
  for (const mode of ['auto', null]) assert.deepEqual(run({ controls: { mode, allow: ['fast'] } }).allow, ['fast']);
});

test('the earlier rule wins, and the loser becomes a warning that names what beat it', () => {
  for (const [name, asked, components, losers] of DUELS) {
    const prepared = run(asked);
    assert.deepEqual(namesOf(prepared), components, name);
    assert.deepEqual(losersOf(prepared), losers, name);
    const by = asked.pin === undefined ? `model ${asked.request?.model ?? ''}` : 'gearbox.pin';
    for (const { code, message } of prepared.warnings)
      if (code === 'overridden') assert.ok(message.includes(`because ${by} comes first`), `${name}: ${message}`);
  }
});

test('the effort that binds is the one of the pin, else of the alias, else of the request', () => {
  assert.equal(run({ request: reasoning('low') }).effort, 'low');
  assert.equal(run({ request: { model: 'o3', ...reasoning('low') } }).effort, 'medium');
  assert.equal(run({ request: { model: 'o3', ...reasoning('low') }, pin: {} }).effort, 'high');
  assert.equal(run({ request: reasoning('low'), pin: { effort: null } }).effort, null);
  assert.deepEqual(run({ request: { model: 'o3', verbosity: 'high' } }).verbosity, 'low');
});

test('the objective is the one of the request, else of the key, else of the unified model', () => {
  const worth = (asked: Asked): number => run(asked).objective.microUsdPerSuccess;
  const key = { objective: { type: 'value', microUsdPerSuccess: 7 } } as const;
  assert.equal(worth({ controls: { objective: 0.000_009 }, key }), 9);
  assert.equal(worth({ key }), 7);
  assert.equal(worth({}), worth({ controls: { objective: 'quality' } }));
  assert.notEqual(worth({}), worth({ controls: { objective: 'balanced' } }));
  assert.equal(worth({ request: { model: 'luna' } }), worth({ controls: { objective: 'balanced' } }));
});

test('who settled the component is told', () => {
  for (const [asked, settledBy, chosen] of [
    [{ request: { model: 'auto/fast' } }, 'user', true],
    [{ request: { model: 'provider/fast' } }, 'user', true],
    [{ request: { model: 'o3' } }, 'alias', true],
    [{ request: { model: 'best' } }, null, false],
    [{ controls: { mode: 'thinking' } }, 'user', true],
    [{ controls: { mode: 'auto' } }, null, false],
    [{ pin: {} }, 'user', true],
    [{ key: { models: ['auto/fast'] } }, 'key', true],
    [{ key: { models: ['auto/fast', 'auto/thinking'] } }, null, false],
  ] as const) {
    const prepared = run(asked);
    assert.deepEqual(
      [prepared.settledBy, prepared.preference.componentChosen],
      [settledBy, chosen],
      JSON.stringify(asked),
    );
  }
});

test('a mode that no component of auto has is looked for in the whole pool; one that nothing has is refused', () => {
  const pro = run({ controls: { mode: 'pro' } });
  assert.deepEqual(namesOf(pro), ['fast', 'thinking', 'pro']);
  assert.equal(pro.preference.componentChosen, true);
  const pool = samplePool({ components: samplePair() });
  const error = refusal({ controls: { mode: 'pro' }, pool });
  assert.deepEqual([error.status, error.field, error.blocking[0]?.expected], [400, 'gearbox.mode', 'fast, thinking']);
  const mini = samplePool({
    components: [...samplePair().slice(0, 1), sampleComponent('small', { role: 'thinking-mini' })],
  });
  assert.equal(run({ controls: { mode: 'thinking' }, pool: mini }).settledBy, 'user', 'a smaller relative serves');
});

/** Key models, model asked, and which components are left; null: 403. */
const RESTRICTIONS: readonly (readonly [readonly string[] | null, string, readonly string[] | null])[] = [
  [null, 'auto/pro', ['pro']],
  [['auto'], 'auto', ['fast', 'thinking']],
  [['auto'], 'claude-auto', ['fast', 'thinking']],
  [['auto'], 'auto/fast', ['fast']],
  [['auto'], 'auto/pro', null],
  [['auto'], 'cheap', null],
  [['auto'], 'cheap/fast', null],
  [['auto'], 'best', null],
  [['auto'], 'o3', null],
  [['auto'], 'luna', null],
  [['auto'], 'provider/fast', null],
  [['auto', 'old'], 'old', ['fast']],
  [['auto', 'old'], 'o3', null],
  [['cheap'], 'cheap/fast', ['fast']],
  [['cheap'], 'auto/fast', null],
  [['cheap'], 'auto', null],
  [['auto/fast'], 'auto/fast', ['fast']],
  [['auto/fast'], 'auto', ['fast']],
  [['auto/fast'], 'auto/thinking', null],
  [['auto/fast'], 'cheap', null],
  [['auto/fast'], 'old', null],
  [['auto/pro'], 'auto/pro', ['pro']],
  [['auto/pro'], 'auto', null],
  [['o3'], 'o3', ['thinking']],
  [['o3'], 'auto/thinking', null],
  [['o3'], 'auto', null],
  [['best'], 'best', ['fast', 'thinking']],
  [['best', 'auto/fast'], 'best', ['fast', 'thinking']],
  [['best'], 'auto', null],
  [['best'], 'auto/fast', null],
  [['provider/fast'], 'provider/fast', ['provider/fast']],
  [['provider/fast'], 'fast', ['provider/fast']],
  [['provider/fast'], 'luna', null],
  [['luna'], 'luna', ['provider/fast']],
  [['luna'], 'provider/fast', null],
  [['provider/fast'], 'provider/thinking', null],
  [['provider/fast'], 'auto/fast', null],
  [['provider/fast'], 'auto', null],
];

test('a key may call the names that it lists, with what belongs to a unified model, and no other name for the same', () => {
  for (const [models, model, expected] of RESTRICTIONS) {
    const asked = { request: { model }, key: { models } };
    const label = `${models?.join() ?? 'all'} → ${model}`;
    if (expected !== null) {
      assert.deepEqual(namesOf(run(asked)), expected, label);
      continue;
    }
    const error = refusal(asked);
    assert.deepEqual([error.status, error.code, error.field], [403, 'model_not_allowed', 'model'], label);
    assert.match(error.message, /keys\.web\.models/);
  }
});

test('neither a mode nor a pin leads around the restriction of a key', () => {
  assert.equal(refusal({ controls: { mode: 'pro' }, key: { models: ['auto'] } }).field, 'gearbox.mode');
  assert.equal(refusal({ controls: { mode: 'thinking' }, key: { models: ['auto/fast'] } }).field, 'gearbox.mode');
  for (const pin of [{ component: 'pro' }, { component: 'provider/fast', effort: null }]) {
    const error = refusal({ pin, key: { models: ['auto'] } });
    assert.deepEqual([error.status, error.field], [403, 'gearbox.pin']);
  }
  assert.deepEqual(namesOf(run({ pin: {}, key: { models: ['auto'] } })), ['thinking']);
  const ofAlias = run({ request: { model: 'o3' }, pin: { effort: 'medium' }, key: { models: ['o3'] } });
  assert.deepEqual(namesOf(ofAlias), ['thinking'], 'what a listed alias reached may be repeated');
  const pro = { request: { model: 'best' }, controls: { mode: 'pro' } };
  assert.equal(refusal({ ...pro, key: { models: ['best'] } }).blocking[0]?.expected, 'fast, thinking');
  assert.equal(run({ ...pro, key: { models: ['best', 'auto/pro'] } }).preference.componentChosen, true);
});

test('a name that does not exist is answered with names that the key may call', () => {
  const error = refusal({ request: { model: 'auto/fasst' }, key: { models: ['old', 'auto/thinking'] } });
  assert.deepEqual([error.status, error.code], [404, 'model_not_found']);
  for (const name of error.blocking[0]?.expected.split(', ') ?? [])
    assert.ok(['old', 'auto', 'auto/thinking'].includes(name), name);
});

test('a pin repeats a direct call, is gone with its component, and never passes under max_effort', () => {
  const direct = run({ pin: { component: 'provider/never-seen', effort: 'low' } });
  assert.deepEqual([namesOf(direct), direct.isDirect, direct.effort], [['provider/never-seen'], true, 'low']);
  for (const component of ['removed', 'nobody/model', 'auto']) {
    const error = refusal({ pin: { component } });
    assert.deepEqual([error.status, error.code], [409, 'pin_gone'], component);
  }
  assert.equal(refusal({ pin: {}, controls: { max_effort: 'medium' } }).field, 'gearbox.max_effort');
  assert.equal(run({ pin: {}, controls: { max_effort: 'high' } }).effort, 'high');
});

test('names in allow and baseline must be components', () => {
  for (const controls of [{ allow: ['fast', 'nobody'] }, { baseline: 'auto' }, { allow: ['auto/fast'] }])
    assert.equal(refusal({ controls }).code, 'invalid_control', JSON.stringify(controls));
  assert.equal(run({ controls: { baseline: 'pro' } }).baseline, 'pro');
});

test('an alias warns from its day on and ends on its day', () => {
  const [warning] = run({ request: { model: 'old' } }).warnings;
  assert.deepEqual(
    [warning?.code, warning?.requested, warning?.applied, warning?.message],
    [
      'alias_deprecated',
      'old',
      'auto/fast',
      'The name old is deprecated; use auto/fast. It will be removed on 2026-11-24.',
    ],
  );
  assert.deepEqual(run({ request: { model: 'soon' } }).warnings, []);
  const error = refusal({ request: { model: 'gone' } });
  assert.deepEqual([error.status, error.blocking[0]?.fix], [404, 'Use auto/fast.']);
});
