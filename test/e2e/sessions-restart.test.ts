/** Conversations across restarts: an open tool loop keeps its component, whether the server was stopped or killed. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { send, type Json } from './gearbox.ts';
import { createPlace, removePlace, serve, type Place, type Serving } from './serve-process.ts';

/** Longer than sessions wait to be written. */
const WRITTEN_MS = 1_500;

const HARD = '[[lab:tool-call]] Think hard: prove that for every prime p > 3 the number p^2 - 1 is divisible by 24.';
const TOOLS = [{ type: 'function', function: { name: 'weather', parameters: { type: 'object', properties: {} } } }];

let place: Place;
let serving: Serving;

before(async () => {
  place = await createPlace(null);
  serving = await serve(place, ['--lab']);
});

after(async () => {
  serving.child.kill('SIGKILL');
  await serving.finished;
  await removePlace(place);
});

const restart = async (signal: NodeJS.Signals): Promise<void> => {
  serving.child.kill(signal);
  await serving.finished;
  serving = await serve(place, ['--lab']);
};

const chat = async (messages: Json): Promise<Json> => {
  const { status, text, json } = await send(`${serving.url}/v1/chat/completions`, {
    body: { model: 'auto', tools: TOOLS, messages },
  });
  assert.equal(status, 200, text);
  return json;
};

for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
  test(`an open tool loop keeps its component across ${signal}`, async () => {
    const question = { role: 'user', content: `${HARD} (${signal})` };
    const first = await chat([question]);
    assert.equal(first.gearbox.component, 'thinking');
    const { message } = first.choices[0];
    if (signal === 'SIGKILL') await sleep(WRITTEN_MS);
    await restart(signal);
    const result = { role: 'tool', tool_call_id: message.tool_calls[0].id, content: 'Rain' };
    const step = await chat([question, message, result, { role: 'user', content: 'Hi, quick answer please.' }]);
    assert.deepEqual([step.gearbox.component, step.gearbox.reason_codes], ['thinking', ['tool_loop_locked']]);
    assert.equal(step.gearbox.session.id, first.gearbox.session.id);
  });
}
