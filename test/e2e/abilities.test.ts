/** Abilities from graded calls, as an operator puts them in force: grades come in, `abilities fit`, the choice follows. */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { send } from './gearbox.ts';
import { createPlace, removePlace, serve, start, type Place, type Serving } from './serve-process.ts';

const PROMPTS = [
  'What is the capital of France?',
  'Translate into German: the cat sleeps on the sofa',
  'Write a short friendly thank you note to my neighbour',
  'Hello, how are you today?',
  'Who wrote Hamlet?',
];
const ROUNDS = 5;

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

const command = async (...args: readonly string[]) => {
  const { code, stdout, stderr } = await start(place, [...args, '--json']).finished;
  return { code, stderr, result: stdout === '' ? null : JSON.parse(stdout) };
};

const choose = async (text: string) => {
  const body = { model: 'auto', messages: [{ role: 'user', content: text }] };
  const { headers } = await send(`${serving.url}/v1/chat/completions`, { body });
  return { id: headers.get('x-gearbox-decision') ?? '', component: headers.get('x-gearbox-component') };
};

const restart = async (): Promise<void> => {
  serving.child.kill('SIGTERM');
  await serving.finished;
  serving = await serve(place, ['--lab']);
};

test('a fast component that fails its easy requests loses them once it is graded, and gets them back at reset', async () => {
  const lines: string[] = [];
  for (let round = 0; round < ROUNDS; round += 1)
    for (const prompt of PROMPTS) {
      const { id, component } = await choose(`${prompt} (${round})`);
      assert.equal(component, 'fast', prompt);
      lines.push(JSON.stringify({ decision_id: id, kind: 'correct', value: 0, evaluator: 'exam' }));
    }
  const file = join(place.home, 'grades.jsonl');
  await writeFile(file, lines.join('\n'));
  assert.equal((await command('outcomes', 'import', file)).result.added, PROMPTS.length * ROUNDS);

  const real = await command('abilities', 'fit');
  assert.equal(real.code, 1, 'made-up answers are no grades of anything');
  assert.equal(real.result.unused.simulated, lines.length);
  const fitted = await command('abilities', 'fit', '--simulated');
  assert.equal(fitted.code, 0, fitted.stderr);
  const [fast] = fitted.result.components;
  assert.equal(fast.graded_calls.text, lines.length);
  assert.ok(fast.ability.text.others.logits < -1);

  await restart();
  assert.equal((await choose('Who wrote Faust?')).component, 'thinking');
  const status = await command('status');
  assert.equal(
    status.result.components.find(({ name }: { name: string }) => name === 'fast').graded_calls,
    lines.length,
  );
  const explained = await command('explain', 'Who wrote Faust?');
  const ofFast = explained.result.candidates.find((each: { component: string }) => each.component === 'fast');
  assert.deepEqual([ofFast.source, ofFast.graded_calls], ['measured', lines.length]);
  // Grades of calls that were chosen by grades are held against the same unmeasured prediction as before.
  const again = await command('abilities', 'show', '--simulated');
  assert.deepEqual(again.result.components[0].ability, fast.ability);
  assert.equal(again.result.in_force, fitted.result.in_force);

  assert.deepEqual((await command('abilities', 'reset')).result, { removed: true });
  await restart();
  assert.equal((await choose('Who wrote Faust?')).component, 'fast');
  const replayed = await command('decisions', 'replay', '--all');
  assert.equal(replayed.code, 0);
  assert.equal(replayed.result.identical, lines.length + 2);
});
