/**
 * A conversation that goes from one provider to another and back: the first one's reasoning reaches the second never, and
 * the first again byte for byte, carried by a client that only sends back what it was given.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createScript } from '../../src/lab/script.ts';
import { UPSTREAMS } from '../../src/drive/wire-matrix.ts';
import { send, type Json, type TestGearbox } from '../e2e/gearbox.ts';
import { CLIENTS, PATHS, type MatrixClient } from '../../src/drive/wire-scenarios.ts';
import { startUpstreams } from './upstreams.ts';

/** Those that sign or encrypt what they thought. */
const MAKERS = ['responses', 'messages'] as const;

let gearbox: TestGearbox;

before(async () => {
  const script = createScript({ text: 'It is Bern: "really".', reasoning: 'A thought  of mine.\n' });
  gearbox = await startUpstreams('high', script);
});

after(() => gearbox.close());

interface Dialogue {
  /** Everything said so far, in the client's protocol. */
  readonly history: Json[];
  readonly say: (upstream: string, prompt: string) => Promise<{ readonly sent: string; readonly answer: Json }>;
}

/** The turn as the client puts it behind what it has. */
const TURNS: Readonly<Record<MatrixClient, (answer: Json) => readonly Json[]>> = {
  'openai-chat': ({ choices }) => [choices[0].message],
  'openai-responses': ({ output }) => output,
  'anthropic-messages': ({ content }) => [{ role: 'assistant', content }],
};

const openDialogue = (client: MatrixClient): Dialogue => {
  const history: Json[] = [];
  return {
    history,
    say: async (upstream, prompt) => {
      history.push({ role: 'user', content: prompt });
      const member = client === 'openai-responses' ? 'input' : 'messages';
      const limit = client === 'anthropic-messages' ? { max_tokens: 20_000 } : {};
      const body = { model: `auto/${upstream}`, [member]: history, ...limit };
      const { status, json, text } = await send(gearbox.url + PATHS[client], { body });
      assert.equal(status, 200, text);
      history.push(...TURNS[client](json));
      return { sent: gearbox.lab.received().at(-1)?.body ?? '', answer: json };
    },
  };
};

const OPAQUE = /bGFiLXNpZ25hdHVyZS[A-Za-z0-9+/=]+/g;

/** What the lab signed in its last answers, as a client of the lab itself would see it. */
const opaqueIn = (text: string): readonly string[] => [...new Set(text.match(OPAQUE))];

for (const client of CLIENTS) {
  for (const maker of MAKERS) {
    for (const other of UPSTREAMS.filter((upstream) => upstream !== maker)) {
      test(`${client}: ${maker} to ${other} and back keeps text and reasoning`, async () => {
        const dialogue = openDialogue(client);
        const first = await dialogue.say(maker, 'What is the capital of Switzerland?');
        const [made] = opaqueIn(JSON.stringify(first.answer));
        assert.ok(made, 'the client was given what the maker signed');
        const second = await dialogue.say(other, 'Are you sure?');
        assert.ok(!second.sent.includes(made), 'nobody else is sent it');
        assert.ok(!second.sent.includes('gearbox1:'), 'nor what stands for it');
        const third = await dialogue.say(maker, 'Then say it once more.');
        assert.ok(third.sent.includes(JSON.stringify(made)), 'the maker gets its own back, byte for byte');
        assert.ok(!third.sent.includes('gearbox1:'));
        const texts = third.sent.split('It is Bern: \\"really\\".').length - 1;
        assert.equal(texts, 2, 'both answers are there as they were said');
      });
    }
  }
}
