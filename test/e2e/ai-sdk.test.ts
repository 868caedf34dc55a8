/** The AI SDK, which front ends are built on, over all three client protocols: it reads every event by a schema of its own. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createAnthropic } from '@ai-sdk/anthropic';
import { createOpenAI } from '@ai-sdk/openai';
import {
  APICallError,
  generateText,
  jsonSchema,
  Output,
  stepCountIs,
  streamText,
  tool,
  type LanguageModel,
  type ModelMessage,
} from 'ai';
import { startGearbox, type TestGearbox } from './gearbox.ts';

const YAML = `
version: 1
providers:
  openai: { base_url: '{lab}/v1' }
  anthropic: { base_url: '{lab}' }
components:
  fast: { model: openai/gpt-6-luna, effort: none }
  thinking: { model: openai/gpt-6.1-sol, effort: high }
  claude: { model: anthropic/claude-opus-5.5, effort: auto, role: claude }
models:
  auto: { components: [fast, thinking, claude] }
`;

const PIXEL = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

const CITY = jsonSchema<{ readonly city: string }>({
  type: 'object',
  properties: { city: { type: 'string' } },
  required: ['city'],
  additionalProperties: false,
});

let gearbox: TestGearbox;
const models = new Map<string, (name: string) => LanguageModel>();

before(async () => {
  gearbox = await startGearbox({
    yaml: YAML,
    environment: { OPENAI_API_KEY: 'sk-test', ANTHROPIC_API_KEY: 'sk-ant-test' },
  });
  const openai = createOpenAI({ baseURL: `${gearbox.url}/v1`, apiKey: 'unused' });
  const anthropic = createAnthropic({ baseURL: `${gearbox.url}/v1`, apiKey: 'unused' });
  models.set('chat', (name) => openai.chat(name));
  models.set('responses', (name) => openai.responses(name));
  models.set('messages', (name) => anthropic(name));
});

after(() => gearbox.close());

const modelOf = (protocol: string, component: string): LanguageModel => {
  const model = models.get(protocol)?.(`auto/${component}`);
  assert.ok(model);
  return model;
};

for (const protocol of ['chat', 'responses', 'messages']) {
  for (const component of ['fast', 'thinking', 'claude']) {
    test(`${protocol} over ${component}: text whole and streamed, with usage`, async () => {
      const prompt = '[[lab:ok text="It is Bern."]] What is the capital of Switzerland?';
      const model = modelOf(protocol, component);
      const { text, usage, finishReason } = await generateText({ model, prompt, maxRetries: 0 });
      assert.equal(text, 'It is Bern.');
      assert.equal(finishReason, 'stop');
      assert.ok((usage.outputTokens ?? 0) > 0 && (usage.inputTokens ?? 0) > 0);
      const stream = streamText({ model, prompt, maxRetries: 0 });
      let streamed = '';
      for await (const piece of stream.textStream) streamed += piece;
      assert.equal(streamed, text);
      assert.equal(await stream.finishReason, 'stop');
    });

    test(`${protocol} over ${component}: a tool is called, run and answered, streamed`, async () => {
      const asked: string[] = [];
      const weather = tool({
        inputSchema: CITY,
        execute: ({ city }) => {
          asked.push(city);
          return Promise.resolve('Rain');
        },
      });
      const stream = streamText({
        model: modelOf(protocol, component),
        prompt: '[[lab:tool-call]] What is the weather?',
        tools: { weather },
        stopWhen: stepCountIs(3),
        maxRetries: 0,
      });
      const steps = await stream.steps;
      assert.equal(steps.length, 2);
      assert.equal(asked.length, 1);
      assert.ok((await stream.text).length > 0);
    });
  }

  test(`${protocol}: an answer by a schema is an object that fits`, async () => {
    const { output } = await generateText({
      model: modelOf(protocol, 'thinking'),
      prompt: 'Name a city.',
      output: Output.object({ schema: CITY }),
      maxRetries: 0,
    });
    assert.equal(typeof output.city, 'string');
  });

  test(`${protocol}: an image is taken`, async () => {
    const messages: ModelMessage[] = [
      {
        role: 'user',
        content: [
          { type: 'text', text: 'What is this?' },
          { type: 'file', data: PIXEL, mediaType: 'image/png' },
        ],
      },
    ];
    const { text } = await generateText({
      model: modelOf(protocol, 'thinking'),
      messages,
      maxRetries: 0,
    });
    assert.ok(text.length > 0);
  });

  test(`${protocol}: an error has the status and the words of the gateway`, async () => {
    await assert.rejects(
      generateText({ model: modelOf(protocol, 'fast'), prompt: '[[lab:429]] Hello', maxRetries: 0 }),
      (error: unknown) => {
        assert.ok(APICallError.isInstance(error));
        assert.equal(error.statusCode, 429);
        assert.match(error.message, /rate limited/);
        return true;
      },
    );
  });

  test(`${protocol}: a client that cancels ends the call upstream`, async () => {
    const leaving = new AbortController();
    const stream = streamText({
      model: modelOf(protocol, 'fast'),
      prompt: '[[lab:stall after_events=4]] Go on.',
      abortSignal: leaving.signal,
      maxRetries: 0,
      onError: () => {},
    });
    await gearbox.gearbox.store.flush();
    const before = gearbox.ended.length;
    setTimeout(() => leaving.abort(), 100);
    for await (const part of stream.fullStream) if (part.type === 'abort') break;
    for (let wait = 0; wait < 100 && gearbox.ended.length === before; wait += 1)
      await new Promise((resolve) => setTimeout(resolve, 20));
    assert.equal(gearbox.ended.at(-1)?.result, 'cancelled');
  });
}
