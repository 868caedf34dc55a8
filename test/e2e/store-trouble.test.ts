/** The store fails while requests are served: they go on, what is lost is counted, and somebody is told once. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { it } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { STORE_FILE } from '../../src/index.ts';
import { post, startRig, toBody, until } from './fault-rig.ts';

const METRIC = /gearbox_shed_records_total (\d+)/;

const shedCount = async (url: string): Promise<number> =>
  Number(METRIC.exec(await (await fetch(`${url}/metrics`)).text())?.[1] ?? Number.NaN);

it('a store worker that dies: requests go on, records are shed and counted, and it is told once', async () => {
  let worker: Worker | undefined;
  const rig = await startRig({
    startStoreWorker: (file, workerData) => (worker = new Worker(file, { workerData, execArgv: [] })),
  });
  try {
    assert.equal((await post(rig.url, toBody('auto/fast', 'Hello', false))).status, 200);
    await rig.gearbox.store.flush();
    assert.equal(await shedCount(rig.url), 0);
    await worker?.terminate();
    for (const stream of [false, true, false])
      assert.equal((await post(rig.url, toBody('auto/fast', 'Hello', stream))).status, 200);
    assert.equal(rig.ended.length, 4);
    assert.equal(await shedCount(rig.url), 3);
    assert.equal(rig.warnings.length, 1);
    assert.match(rig.warnings[0] ?? '', /the store failed/);
    const outcome = await fetch(`${rig.url}/v1/gearbox/outcomes`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ decision_id: rig.ended[0]?.decided.id, kind: 'thumb', value: 1 }),
    });
    assert.equal(outcome.status, 503, 'what must be durable is refused, not taken and lost');
    assert.equal((await fetch(`${rig.url}/readyz`)).status, 200);
  } finally {
    await rig.close();
  }
});

it('a full disk: requests go on, records are shed and counted, and the next ones are kept when there is room again', async () => {
  const rig = await startRig();
  const outside = new DatabaseSync(join(rig.home, STORE_FILE));
  try {
    outside.exec(
      "CREATE TRIGGER full BEFORE INSERT ON decision BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END",
    );
    assert.equal((await post(rig.url, toBody('auto/fast', 'Hello', false))).status, 200);
    await until(() => rig.warnings.some((warning) => /lost/.test(warning)), 'the loss is told');
    assert.equal(await shedCount(rig.url), 1);
    outside.exec('DROP TRIGGER full');
    await post(rig.url, toBody('auto/fast', 'Hello', false));
    await rig.gearbox.store.flush();
    const last = rig.ended.at(-1)?.decided.id ?? '';
    assert.equal((await rig.gearbox.reader.decision(last))?.decision.result, 'ok');
    await wait(0);
  } finally {
    outside.close();
    await rig.close();
  }
});
