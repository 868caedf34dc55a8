import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { sampleComponent, sampleModel, type ModelSample } from '../../test/samples/policy.ts';
import { EFFORTS, type Effort } from '../canonical/effort.ts';
import type { EffortSetting } from '../catalog/component.ts';
import { candidateEfforts, resolveEffort } from './effort.ts';

type Applied = Effort | 'nothing';

interface Golden {
  readonly family: string;
  readonly model: ModelSample;
  /** What is applied for none, minimal, low, medium, high, xhigh, max. */
  readonly applied: readonly [Applied, Applied, Applied, Applied, Applied, Applied, Applied];
}

/** Worked out by hand from the resolution rules, one line per family of models, seven rows each. */
const GOLDEN: readonly Golden[] = [
  {
    family: 'o3, o4-mini (low medium high)',
    model: { efforts: ['low', 'medium', 'high'] },
    applied: ['low', 'low', 'low', 'medium', 'high', 'high', 'high'],
  },
  {
    family: 'gpt-5 (minimal low medium high, cannot be off)',
    model: { efforts: ['minimal', 'low', 'medium', 'high'] },
    applied: ['minimal', 'minimal', 'low', 'medium', 'high', 'high', 'high'],
  },
  {
    family: 'gpt-5-chat (no reasoning)',
    model: { efforts: [], control: 'none' },
    applied: ['nothing', 'nothing', 'nothing', 'nothing', 'nothing', 'nothing', 'nothing'],
  },
  {
    family: 'gpt-5-pro (high only)',
    model: { efforts: ['high'] },
    applied: ['high', 'high', 'high', 'high', 'high', 'high', 'high'],
  },
  {
    family: 'gpt-5.1 (none low medium high)',
    model: { efforts: ['none', 'low', 'medium', 'high'] },
    applied: ['none', 'none', 'low', 'medium', 'high', 'high', 'high'],
  },
  {
    family: 'gpt-5.4 (none low medium high xhigh)',
    model: { efforts: ['none', 'low', 'medium', 'high', 'xhigh'] },
    applied: ['none', 'none', 'low', 'medium', 'high', 'xhigh', 'xhigh'],
  },
  {
    family: 'gpt-5.4-pro (medium high xhigh)',
    model: { efforts: ['medium', 'high', 'xhigh'] },
    applied: ['medium', 'medium', 'medium', 'medium', 'high', 'xhigh', 'xhigh'],
  },
  {
    family: 'gpt-6-luna (none to max, no minimal)',
    model: { efforts: ['none', 'low', 'medium', 'high', 'xhigh', 'max'] },
    applied: ['none', 'none', 'low', 'medium', 'high', 'xhigh', 'max'],
  },
  {
    family: 'gpt-6-astra (low to max, always on)',
    model: { efforts: ['low', 'medium', 'high', 'xhigh', 'max'] },
    applied: ['low', 'low', 'low', 'medium', 'high', 'xhigh', 'max'],
  },
  {
    family: 'claude 4.6 (low medium high max)',
    model: { efforts: ['low', 'medium', 'high', 'max'], control: 'adaptive' },
    applied: ['low', 'low', 'low', 'medium', 'high', 'max', 'max'],
  },
  {
    family: 'deepseek v4 (toggle, low high max)',
    model: { efforts: ['none', 'low', 'high', 'max'], control: 'toggle' },
    applied: ['none', 'none', 'low', 'low', 'high', 'max', 'max'],
  },
  {
    family: 'mistral medium 3.5 (none high)',
    model: { efforts: ['none', 'high'], control: 'toggle' },
    applied: ['none', 'none', 'none', 'high', 'high', 'high', 'high'],
  },
  {
    family: 'gemini 3.1 pro (low high)',
    model: { efforts: ['low', 'high'] },
    applied: ['low', 'low', 'low', 'low', 'high', 'high', 'high'],
  },
  {
    family: 'haiku 4.5 (budget, every level has a number of tokens)',
    model: { efforts: ['none', 'low', 'medium', 'high'], control: 'budget' },
    applied: ['none', 'none', 'low', 'medium', 'high', 'high', 'high'],
  },
];

for (const { family, model, applied } of GOLDEN) {
  for (const [index, asked] of EFFORTS.entries()) {
    const expected = applied[index];
    test(`${family}: asked ${asked} applies ${expected}`, () => {
      const effort = expected === 'nothing' ? null : (expected ?? null);
      // A model that does not reason does what `none` asks for.
      const clamped = effort !== asked && !(effort === null && asked === 'none');
      assert.deepEqual(resolveEffort({ asked, model: sampleModel(model) }), { applied: effort, clamped });
    });
  }
}

test('nobody asked: nothing is applied and nothing clamped', () => {
  assert.deepEqual(resolveEffort({ asked: null, model: sampleModel() }), { applied: null, clamped: false });
});

test('a ceiling is kept even where the rule would clamp up past it', () => {
  const model = sampleModel({ efforts: ['low', 'medium', 'max'] });
  assert.deepEqual(resolveEffort({ asked: 'high', model, ceiling: 'xhigh' }), { applied: 'medium', clamped: true });
});

const list = (role: string, effort: EffortSetting, more: Partial<Parameters<typeof candidateEfforts>[0]> = {}) =>
  candidateEfforts({
    component: sampleComponent(role, { effort, model: { efforts: ['none', 'low', 'medium', 'high', 'max'] } }),
    asked: null,
    ceiling: null,
    wantsDepth: false,
    ...more,
  });

test('auto offers thinking the ladder from low up and fast its lowest effort', () => {
  assert.deepEqual(list('thinking', 'auto'), ['low', 'medium', 'high', 'max']);
  assert.deepEqual(list('fast', 'auto'), ['none']);
  assert.deepEqual(list('coder', 'auto'), ['low', 'medium', 'high', 'max']);
});

test('a fixed level gives one effort, provider gives nothing to send', () => {
  assert.deepEqual(list('thinking', 'medium'), ['medium']);
  assert.deepEqual(list('thinking', 'xhigh'), ['max']);
  assert.deepEqual(list('thinking', 'provider'), [null]);
});

test('an asked effort is applied where the component leaves it open, and becomes the level where one is fixed', () => {
  assert.deepEqual(list('thinking', 'auto', { asked: 'low' }), ['low']);
  assert.deepEqual(list('thinking', 'provider', { asked: 'high' }), ['high']);
  assert.deepEqual(list('thinking', 'medium', { asked: 'low' }), ['medium']);
  assert.deepEqual(list('fast', 'none', { asked: 'high' }), ['none']);
});

test('an effort that belongs to the name or pin which chose the component replaces its level', () => {
  assert.deepEqual(list('fast', 'none', { asked: 'high', replacesLevel: true }), ['high']);
  assert.deepEqual(list('thinking', 'medium', { asked: null, replacesLevel: true }), ['medium']);
});

test('a ceiling lowers fixed levels and replaces the unknown default of provider', () => {
  assert.deepEqual(list('thinking', 'high', { ceiling: 'medium' }), ['medium']);
  assert.deepEqual(list('thinking', 'auto', { ceiling: 'low' }), ['low']);
  assert.deepEqual(list('thinking', 'provider', { ceiling: 'medium' }), ['medium']);
});

test('no accepted effort below the ceiling gives no candidate', () => {
  const component = sampleComponent('thinking', { model: { efforts: ['medium', 'high'] } });
  assert.deepEqual(candidateEfforts({ component, asked: null, ceiling: 'low', wantsDepth: false }), []);
});

test('a wish for depth adds high where the provider would decide, and nothing to a fixed level', () => {
  assert.deepEqual(list('thinking', 'medium', { wantsDepth: true }), ['medium']);
  assert.deepEqual(list('thinking', 'provider', { wantsDepth: true }), [null, 'high']);
  assert.deepEqual(list('thinking', 'max', { wantsDepth: true }), ['max']);
  assert.deepEqual(list('fast', 'none', { wantsDepth: true }), ['none']);
});

test('a model without reasoning control gives one candidate without effort', () => {
  const component = sampleComponent('fast', { effort: 'none', model: { efforts: [], control: 'none' } });
  assert.deepEqual(candidateEfforts({ component, asked: 'high', ceiling: 'low', wantsDepth: true }), [null]);
});
