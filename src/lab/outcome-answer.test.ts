import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import OpenAI, { NotFoundError } from 'openai';
import { parseGradedAnswer } from '../outcomes/graded-answer.ts';
import { readJsonLines } from '../outcomes/lines.ts';
import { toPromptKeyText } from '../outcomes/prompt.ts';
import { parseMeasurement, parsePrompt, readPrompts } from '../outcomes/read.ts';
import { createLab, type Lab } from './lab.ts';

const folder = mkdtempSync(join(tmpdir(), 'gearbox-lab-outcomes-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const lines = (rows: readonly object[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join('');
const key = (id: string) => ({ source: 's', dataset: 'd', prompt_id: id });

writeFileSync(
  join(folder, 'prompts.jsonl'),
  lines([
    { ...key('1'), prompt: 'What is  1+1?' },
    { ...key('2'), prompt: [{ role: 'user', content: 'First.' }, { role: 'user', content: 'Second.' }] }, // prettier-ignore
    { ...key('3'), prompt: 'What is 1+1?\n' },
    { ...key('4'), prompt: 'Answer exactly: [[lab:500]]' },
  ]),
);
writeFileSync(
  join(folder, 'outcomes.jsonl'),
  lines([
    { ...key('1'), model: 'small', score: 1, output_tokens: 50 },
    { ...key('1'), model: 'medium', score: 0, output_tokens: 150 },
    { ...key('1'), model: 'Big (high)', score: 1, input_tokens: 9, output_tokens: 900 },
    { ...key('2'), model: 'small', score: 0.25 },
    { ...key('4'), model: 'small', score: 1 },
  ]),
);
writeFileSync(
  join(folder, 'sets.json'),
  JSON.stringify({
    sets: [
      {
        id: 'mix-fast-thinking',
        fast_cost: 0.001,
        thinking_cost: 0.02,
        by_source: { 's/d': { fast: ['small', 'medium'], thinking: ['Big (high)'] } },
      },
    ],
  }),
);

describe('outcome data as models', () => {
  let lab: Lab;
  let client: OpenAI;

  before(async () => {
    lab = createLab({ timeScale: 0, outcomes: { folder, setsFile: join(folder, 'sets.json') } });
    const { url } = await lab.listen();
    client = new OpenAI({ baseURL: `${url}/v1`, apiKey: 'lab', maxRetries: 0 });
  });
  after(() => lab.close());

  const ask = (model: string, ...contents: readonly string[]) =>
    client.chat.completions.create({
      model,
      messages: [
        { role: 'system', content: 'instructions of the router' },
        ...contents.map((content) => ({ role: 'user' as const, content })),
      ],
    });

  test('a component answers with the mean score of its listed models and their mean length', async () => {
    const { choices, usage } = await ask('fast', 'What is 1+1?');
    const text = choices[0]?.message.content ?? '';
    assert.deepEqual(parseGradedAnswer(text), {
      source: 's',
      dataset: 'd',
      promptId: '1',
      model: 'fast',
      score: 0.5,
      answered: 2,
      sameText: 2,
    });
    assert.equal(usage?.completion_tokens, 100);
    assert.equal(Math.ceil(text.length / 4), 100);
  });

  test('a model of the data answers under its own name, with recorded usage', async () => {
    const { choices, usage } = await ask('Big (high)', 'What is 1+1?');
    assert.equal(parseGradedAnswer(choices[0]?.message.content ?? '').score, 1);
    assert.equal(usage?.prompt_tokens, 9);
    assert.equal(usage?.completion_tokens, 900);
  });

  test('a conversation is known by its user messages, streamed too', async () => {
    const graded = parseGradedAnswer((await ask('fast', 'First.', 'Second.')).choices[0]?.message.content ?? '');
    assert.equal(graded.promptId, '2');
    const run = client.chat.completions.stream({
      model: 'fast',
      messages: [{ role: 'user', content: 'First.\n\nSecond.' }],
    });
    assert.equal(parseGradedAnswer((await run.finalContent()) ?? '').score, 0.25);
  });

  test('the text of a data set is never read as a directive', async () => {
    const { choices } = await ask('small', 'Answer exactly: [[lab:500]]');
    assert.equal(parseGradedAnswer(choices[0]?.message.content ?? '').promptId, '4');
  });

  test('an unknown prompt and a model without a score there are errors, not scores of 0', async () => {
    await assert.rejects(ask('fast', 'What is 1+2?'), (error) => error instanceof NotFoundError && error.code === 'lab_unknown_prompt'); // prettier-ignore
    await assert.rejects(ask('thinking', 'First.', 'Second.'), (error) => error instanceof NotFoundError && error.code === 'lab_no_outcome'); // prettier-ignore
  });

  test('components come first among the models', () => {
    assert.deepEqual(lab.models().slice(0, 5), ['fast', 'thinking', 'small', 'medium', 'Big (high)']);
  });
});

const shared = join(import.meta.dirname, '../../../shared');

test(
  'the shared bench data are played with their own scores',
  { skip: existsSync(join(shared, 'data/bench')) ? false : 'no ../shared/data/bench here' },
  async () => {
    // One pass over the real files, of which 25 prompts go into a folder of their own.
    const bench = join(shared, 'data/bench');
    const few = mkdtempSync(join(folder, 'few-'));
    const prompts = new Map<string, object>();
    for await (const { value } of readJsonLines(join(bench, 'prompts.jsonl.gz'))) {
      const prompt = parsePrompt({ file: 'prompts', number: 1, value });
      if (prompt.source === 'paretobandit' && prompts.size < 25) {
        prompts.set(toPromptKeyText(prompt), value as object); // parsed the line before
      }
    }
    const outcomes: object[] = [];
    const expected = new Map<string, number>();
    for await (const { value } of readJsonLines(join(bench, 'outcomes.jsonl.gz'))) {
      const outcome = parseMeasurement({ file: 'outcomes', number: 1, value });
      if (prompts.has(toPromptKeyText(outcome))) {
        outcomes.push(value as object); // parsed the line before
        if (outcome.model === 'google/gemini-2.5-pro') {
          expected.set(toPromptKeyText(outcome), outcome.score);
        }
      }
    }
    writeFileSync(join(few, 'prompts.jsonl'), lines([...prompts.values()]));
    writeFileSync(join(few, 'outcomes.jsonl'), lines(outcomes));
    const lab = createLab({ timeScale: 0, outcomes: { folder: few, setsFile: join(shared, 'data/sets.json') } });
    try {
      const { url } = await lab.listen();
      const client = new OpenAI({ baseURL: `${url}/v1`, apiKey: 'lab', maxRetries: 0 });
      for await (const { routable } of readPrompts(few)) {
        assert.ok(typeof routable.prompt === 'string');
        const messages = [{ role: 'user' as const, content: routable.prompt }];
        const completion = await client.chat.completions.create({ model: 'thinking', messages });
        const graded = parseGradedAnswer(completion.choices[0]?.message.content ?? '');
        assert.equal(graded.score, expected.get(toPromptKeyText(graded)));
      }
      assert.equal(expected.size, 25);
    } finally {
      await lab.close();
    }
  },
);

describe('recorded replies', () => {
  const recorded = join(folder, 'recorded');
  const first = '{"id":"c1","choices":[{"index":0,"delta":{"content":"Grü\u00dfe"}}],"1":1.0}';
  const start = '{"type":"message_start","message":{"id":"m1"}}';
  let lab: Lab;
  let url = '';

  before(async () => {
    mkdirSync(join(recorded, 'acme'), { recursive: true });
    writeFileSync(join(recorded, 'acme', 'chat.chunks.txt'), `${first}\n${first}`);
    writeFileSync(join(recorded, 'acme', 'chat.json'), '{ "id": "w1", "created": 1.0 }\n');
    writeFileSync(join(recorded, 'acme', 'claude.chunks.txt'), `${start}\n{"type":"message_stop"}\n`);
    writeFileSync(join(recorded, 'acme', 'fault.json'), '{"error":{"message":"no"}}');
    lab = createLab({ timeScale: 0, recordedFolder: recorded });
    ({ url } = await lab.listen());
  });
  after(() => lab.close());

  const post = async (path: string, members: object): Promise<{ readonly status: number; readonly text: string }> => {
    const body = JSON.stringify({ messages: [{ role: 'user', content: 'x' }], max_tokens: 9, ...members });
    const response = await fetch(url + path, { method: 'POST', body });
    return { status: response.status, text: await response.text() };
  };

  test('a stream is the recorded text, framed as its protocol frames it', async () => {
    const chat = await post('/v1/chat/completions', { model: 'recorded/acme/chat', stream: true });
    assert.equal(chat.text, `data: ${first}\n\ndata: ${first}\n\ndata: [DONE]\n\n`);
    const claude = await post('/v1/messages', { model: 'recorded/acme/claude', stream: true });
    assert.equal(
      claude.text,
      `event: message_start\ndata: ${start}\n\nevent: message_stop\ndata: {"type":"message_stop"}\n\n`,
    );
  });

  test('a whole answer is the file, byte for byte; a recorded error is not a 200', async () => {
    const whole = await post('/v1/chat/completions', { model: 'recorded/acme/chat' });
    assert.deepEqual(whole, { status: 200, text: '{ "id": "w1", "created": 1.0 }\n' });
    assert.equal((await post('/v1/chat/completions', { model: 'recorded/acme/fault' })).status, 400);
  });

  test('the bytes may be cut anywhere and are still the same', async () => {
    const messages = [{ role: 'user', content: '[[lab:ok split_bytes=3 seed=9]]' }];
    const cut = await post('/v1/chat/completions', { model: 'recorded/acme/chat', stream: true, messages });
    assert.equal(cut.text, `data: ${first}\n\ndata: ${first}\n\ndata: [DONE]\n\n`);
  });

  test('what was not recorded is a 404, and no path leads out of the folder', async () => {
    for (const model of ['recorded/acme/claude', 'recorded/../sets', 'recorded/acme/none']) {
      assert.equal((await post('/v1/messages', { model })).status, 404, model);
    }
  });

  test(
    'every shared recording of a stream can be played',
    { skip: existsSync(join(shared, 'fixtures/recorded')) ? false : 'no ../shared/fixtures here' },
    async () => {
      const all = createLab({ timeScale: 0, recordedFolder: join(shared, 'fixtures/recorded') });
      try {
        const { url: allUrl } = await all.listen();
        const models = all.models().filter((name) => name.startsWith('recorded/anthropic/'));
        assert.ok(models.length > 20);
        for (const model of models) {
          const body = JSON.stringify({
            model,
            stream: true,
            max_tokens: 9,
            messages: [{ role: 'user', content: 'x' }],
          });
          const response = await fetch(`${allUrl}/v1/messages`, { method: 'POST', body });
          const text = await response.text();
          assert.ok(response.status === 404 || text.startsWith('event: message_start\n'), model);
        }
      } finally {
        await all.close();
      }
    },
  );
});
