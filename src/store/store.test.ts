import { strict as assert } from 'node:assert';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, describe, test } from 'node:test';
import { createId } from '../canonical/identifier.ts';
import { createMemoryStore } from './memory-store.ts';
import { openReader } from './sqlite-reader.ts';
import { openStore } from './sqlite-writer.ts';
import type { AttemptRow, DecisionRecord, DecisionRow, OutcomeRow, Store, StoreReader } from './store.ts';

const DAY_MS = 86_400_000;
const NOON_MS = Date.UTC(2026, 10, 23, 12);

interface Opened {
  readonly store: Store;
  readonly reader: StoreReader;
  readonly close: () => Promise<void>;
}

interface Settings {
  readonly now?: () => number;
  readonly retentionDays?: number;
  readonly maxStoreBytes?: number;
}

const folder = mkdtempSync(join(tmpdir(), 'gearbox-store-'));
after(() => rmSync(folder, { recursive: true, force: true }));
let files = 0;

// A store left open by a failed assertion would keep the process, and so the whole suite, waiting for its worker.
const opened: Opened[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map(({ close }) => close()));
});
const remember = (one: Opened): Opened => {
  opened.push(one);
  return one;
};

const openMemory = async ({ now = () => NOON_MS, ...limits }: Settings): Promise<Opened> => {
  const store = createMemoryStore({ now, ...limits });
  return remember({ store, reader: store, close: store.close });
};

const openSqlite = async ({ now = () => NOON_MS, ...limits }: Settings): Promise<Opened> => {
  const path = join(folder, `${(files += 1)}`, 'store.db');
  const store = await openStore({ path, now, ...limits });
  const reader = await openReader({ path });
  return remember({ store, reader, close: async () => void (await Promise.all([reader.close(), store.close()])) });
};

const makeDecision = (atMs: number, fields: Partial<DecisionRow> = {}): DecisionRow => ({
  id: createId('dec_', { now: () => atMs, randomBytes: (length) => new Uint8Array(length).fill(7) }),
  atMs,
  keyHash: null,
  sessionId: 's_1',
  requestId: 'client-42',
  protocol: 'openai-chat',
  unifiedModel: 'auto',
  component: 'thinking',
  deployment: 'anthropic/claude-opus-5.5',
  effort: 'high',
  chosenBy: 'router',
  confidence: 'known',
  simulated: false,
  shadow: false,
  decideMicroseconds: 412.5,
  costMicroUsd: 6421,
  result: 'ok',
  json: '{"features":{"words":12},"note":"日本語 \\u0000 \\"quoted\\""}',
  ...fields,
});

const makeAttempt = (decisionId: string, n: number): AttemptRow => ({
  id: `att_${decisionId.slice(4, -1)}${n}`,
  decisionId,
  n,
  deployment: 'anthropic/claude-opus-5.5',
  result: n === 1 ? 'failed' : 'ok',
  answeredModel: n === 1 ? null : 'claude-opus-5.5',
  costMicroUsd: n === 1 ? null : 6421,
  costSource: 'usage',
  firstTokenMs: n === 1 ? null : 812.25,
  totalMs: 6420.5,
  json: '{"usage":{"input_tokens":12}}',
});

const makeRecord = (atMs: number, fields: Partial<DecisionRow> = {}): DecisionRecord => {
  const decision = makeDecision(atMs, fields);
  return { decision, attempts: [makeAttempt(decision.id, 1), makeAttempt(decision.id, 2)], text: null };
};

const makeOutcome = (decisionId: string, fields: Partial<OutcomeRow> = {}): OutcomeRow => ({
  id: `out_${decisionId.slice(4)}`,
  decisionId,
  atMs: NOON_MS + 5,
  kind: 'correct',
  value: 1,
  evaluator: 'pytest',
  note: 'all green',
  weight: 1,
  labelProbability: null,
  simulated: false,
  ...fields,
});

for (const [name, open] of Object.entries({ memory: openMemory, sqlite: openSqlite })) {
  const withStore = (title: string, body: (opened: Opened) => Promise<void>): void => {
    void test(title, async () => body(await open({})));
  };

  describe(`store contract: ${name}`, () => {
    withStore('a record is read back with every field as it was written', async ({ store, reader }) => {
      const record = makeRecord(NOON_MS, { simulated: true, shadow: true, keyHash: 'abc', effort: null });
      assert.equal(store.writeRecord(record), true);
      await store.flush();
      const outcomes = [makeOutcome(record.decision.id, { value: { passed: 3, failed: 0 }, kind: 'tests' })];
      assert.deepEqual(await store.addOutcomes(outcomes), ['added']);
      assert.deepEqual(await reader.decision(record.decision.id), {
        decision: record.decision,
        attempts: record.attempts,
        // An outcome of a simulated decision is simulated, whatever its sender thinks.
        outcomes: [{ ...outcomes[0], simulated: true }],
      });
      assert.equal(await reader.decision('dec_nothing'), undefined);
    });

    withStore('an outcome sent right after its record finds the decision without a flush', async ({ store }) => {
      const record = makeRecord(NOON_MS);
      store.writeRecord(record);
      assert.deepEqual(await store.addOutcomes([makeOutcome(record.decision.id)]), ['added']);
    });

    withStore('outcomes are idempotent by id and refused for unknown decisions', async ({ store, reader }) => {
      const record = makeRecord(NOON_MS);
      store.writeRecord(record);
      const first = makeOutcome(record.decision.id);
      const unknown = makeOutcome('dec_00000000000000000000000000');
      assert.deepEqual(await store.addOutcomes([first, unknown, first]), ['added', 'unknown_decision', 'duplicate']);
      assert.deepEqual(await store.addOutcomes([{ ...first, value: 0 }]), ['duplicate']);
      assert.deepEqual(await reader.outcomes({ limit: 10 }), [first]);
    });

    withStore('the same decision written twice is kept once', async ({ store }) => {
      const record = makeRecord(NOON_MS);
      store.writeRecord(record);
      store.writeRecord({ ...record, attempts: [...record.attempts, makeAttempt(record.decision.id, 3)] });
      await store.flush();
      const { decisions, attempts, outcomes } = await store.counts();
      assert.deepEqual({ decisions, attempts, outcomes }, { decisions: 1, attempts: 2, outcomes: 0 });
    });

    withStore('decisions come newest first, page by page, and by every filter', async ({ store, reader }) => {
      const records = [0, 1, 2, 3, 4, 5].map((n) =>
        makeRecord(NOON_MS + n * 1_000, { component: n % 2 ? 'fast' : 'thinking', keyHash: n < 3 ? 'a' : 'b' }),
      );
      records.forEach(store.writeRecord);
      const ids = records.map(({ decision }) => decision.id);
      await store.addOutcomes([makeOutcome(ids[1] ?? ''), makeOutcome(ids[4] ?? '')]);
      const list = async (query: Parameters<StoreReader['decisions']>[0]) =>
        (await reader.decisions(query)).map(({ decision }) => ids.indexOf(decision.id));
      assert.deepEqual(await list({ limit: 3 }), [5, 4, 3]);
      assert.deepEqual(await list({ limit: 3, before: ids[3] ?? '' }), [2, 1, 0]);
      assert.deepEqual(await list({ limit: 9, component: 'fast' }), [5, 3, 1]);
      assert.deepEqual(await list({ limit: 9, keyHash: 'a' }), [2, 1, 0]);
      assert.deepEqual(await list({ limit: 9, keyHash: 'a', component: 'fast', before: ids[5] ?? '' }), [1]);
      assert.deepEqual(await list({ limit: 9, sinceMs: NOON_MS + 4_000 }), [5, 4]);
      assert.deepEqual(await list({ limit: 9, withOutcomes: true }), [4, 1]);
      assert.deepEqual(await list({ limit: 9, keyHash: 'nobody' }), []);
    });

    withStore('a limit that is not 1 to 10,000 is refused, naming the field', async ({ reader }) => {
      await assert.rejects(reader.decisions({ limit: 0 }), {
        name: 'InvalidRequestError',
        message: /^limit: .*given 0/,
      });
      await assert.rejects(reader.outcomes({ limit: 10_001 }), { name: 'InvalidRequestError', status: 400 });
    });

    withStore('outcomes are paged by arrival, even with ids that clients chose', async ({ store, reader }) => {
      const record = makeRecord(NOON_MS);
      store.writeRecord(record);
      const rows = ['zebra', 'apple', 'mango'].map((id) => makeOutcome(record.decision.id, { id }));
      await store.addOutcomes(rows);
      const ids = async (query: Parameters<StoreReader['outcomes']>[0]) =>
        (await reader.outcomes(query)).map(({ id }) => id);
      assert.deepEqual(await ids({ limit: 2 }), ['mango', 'apple']);
      assert.deepEqual(await ids({ limit: 2, before: 'apple' }), ['zebra']);
      assert.deepEqual(await ids({ limit: 2, before: 'unknown' }), []);
    });

    withStore('state is replaced by name; what was never put is undefined, null is null', async (opened) => {
      const { store, reader } = opened;
      await store.putState('router', { version: 'default@1' });
      await Promise.all([store.putState('router', { version: 'default@2' }), store.putState('freeze', null)]);
      assert.deepEqual(await reader.state('router'), { version: 'default@2' });
      assert.equal(await reader.state('freeze'), null);
      assert.equal(await reader.state('other'), undefined);
    });

    test('text is kept until it expires; of a failed answer, if asked, longer', async () => {
      let nowMs = NOON_MS;
      const { store, reader } = await open({ now: () => nowMs });
      const text = { request: 'Why?', answer: 'Because.', expiresAtMs: NOON_MS + DAY_MS };
      const records = [0, 1, 2].map((n) => ({ ...makeRecord(NOON_MS + n), text: { ...text, keepOnFailure: n > 0 } }));
      records.forEach(store.writeRecord);
      const [plain = '', failed = '', good = ''] = records.map(({ decision }) => decision.id);
      await store.addOutcomes([
        makeOutcome(plain, { kind: 'thumb', value: -1 }),
        makeOutcome(failed, { kind: 'thumb', value: -1 }),
        makeOutcome(good, { kind: 'thumb', value: 1 }),
      ]);
      assert.deepEqual(await reader.text(plain), { request: 'Why?', answer: 'Because.' });
      nowMs += DAY_MS;
      await store.maintain();
      assert.equal(await reader.text(plain), undefined);
      assert.equal(await reader.text(good), undefined);
      assert.deepEqual(await reader.text(failed), { request: 'Why?', answer: 'Because.' });
      nowMs += 30 * DAY_MS;
      await store.maintain();
      assert.equal(await reader.text(failed), undefined);
    });

    test('retention deletes old decisions but keeps labels, without what names a person', async () => {
      const nowMs = NOON_MS;
      const { store, reader } = await open({ now: () => nowMs, retentionDays: 2 });
      const old = Array.from({ length: 200 }, (_, n) => makeRecord(NOON_MS - 3 * DAY_MS + n, { keyHash: 'k' }));
      const young = makeRecord(NOON_MS - DAY_MS, { keyHash: 'k' });
      [...old, young].forEach(store.writeRecord);
      const labelled = old[77] ?? young;
      await store.addOutcomes([makeOutcome(labelled.decision.id), makeOutcome(young.decision.id)]);
      await store.maintain();
      const left = await reader.decisions({ limit: 10 });
      assert.deepEqual(left[0]?.decision, young.decision);
      assert.equal(left[0]?.outcomes[0]?.note, 'all green');
      assert.deepEqual(left[1], {
        decision: { ...labelled.decision, keyHash: null, sessionId: null, requestId: null },
        attempts: labelled.attempts,
        outcomes: [makeOutcome(labelled.decision.id, { note: null })],
      });
      assert.equal(left.length, 2);
      const { decisions, attempts, outcomes } = await store.counts();
      assert.deepEqual({ decisions, attempts, outcomes }, { decisions: 2, attempts: 4, outcomes: 2 });
    });

    test('beyond the size limit the oldest decisions without an outcome go first', async () => {
      const { store, reader } = await open({ maxStoreBytes: 2_000_000 });
      const filler = JSON.stringify('x'.repeat(10_000));
      const records = Array.from({ length: 400 }, (_, n) => makeRecord(NOON_MS + n, { json: filler }));
      records.forEach(store.writeRecord);
      await store.addOutcomes([makeOutcome(records[0]?.decision.id ?? '')]);
      await store.maintain();
      const left = (await reader.decisions({ limit: 1_000 })).map(({ decision }) => decision.id).reverse();
      const expected = records.slice(-(left.length - 1)).map(({ decision }) => decision.id);
      assert.deepEqual(left, [records[0]?.decision.id, ...expected]);
      assert.ok(left.length > 50 && left.length < 250, `${left.length} decisions are left`);
      assert.ok((await store.counts()).bytes <= 2_000_000);
    });

    test('after close, records are shed and everything else is refused; closing twice is fine', async () => {
      const { store } = await open({});
      store.writeRecord(makeRecord(NOON_MS));
      await store.close();
      assert.equal(store.writeRecord(makeRecord(NOON_MS + 1)), false);
      await assert.rejects(store.addOutcomes([]), { name: 'StoreError', code: 'store_closed' });
      await assert.rejects(store.flush(), { code: 'store_closed' });
      await store.close();
    });
  });
}
