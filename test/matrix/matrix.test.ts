/**
 * Every client protocol over every provider protocol, end to end over real sockets: what goes upstream and what comes
 * back, beside committed files, so that a change of any conversion is seen and has to be meant.
 */
import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fromWhole, withInputValues, type Said } from '../../src/drive/wire-answer.ts';
import { UPSTREAMS, type Upstream } from '../../src/drive/wire-matrix.ts';
import {
  CLIENTS,
  PATHS,
  SCENARIOS,
  toBody,
  toStreamed,
  type MatrixClient,
  type Scenario,
} from '../../src/drive/wire-scenarios.ts';
import { createScript } from '../../src/lab/script.ts';
import { send, toEvents, type Answer, type Json, type TestGearbox } from '../e2e/gearbox.ts';
import { fromStream } from './said.ts';
import { startUpstreams } from './upstreams.ts';

const FOLDER = join(import.meta.dirname, 'golden');
/** Set: the files are written anew instead of compared. Read what changed before committing them. */
const UPDATES = process.env['UPDATE_GOLDEN'] === '1';

let gearbox: TestGearbox;

before(async () => {
  const timing = { firstTokenMs: 0, tokensPerSecond: 0, tokensPerEvent: 4 };
  const script = createScript({ text: 'Done.', reasoning: 'I think it over.', timing });
  gearbox = await startUpstreams('auto', script);
});

after(() => gearbox.close());

interface Case {
  readonly client: MatrixClient;
  readonly upstream: Upstream;
  readonly scenario: Scenario;
}

const ask = ({ client, upstream, scenario }: Case, stream: boolean): Promise<Answer> => {
  const body = { model: `auto/${upstream}`, ...toBody(client, scenario) };
  return send(gearbox.url + PATHS[client], {
    headers: client === 'anthropic-messages' ? { 'anthropic-version': '2023-06-01' } : {},
    body: stream ? toStreamed(client, body) : body,
  });
};

/** Ids come from digests of the request, times from the clock: what is left is what the conversion wrote. */
const normalise = (value: Json): Json => {
  if (Array.isArray(value)) return value.map(normalise);
  if (typeof value === 'string') return value.replaceAll(/[0-9a-f]{24}|(?<=dec_)[0-9A-Z]{26}/g, 'ID');
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => {
      if (key === 'gearbox') return [key, normalise((inner as Json).warnings ?? [])];
      if (key === 'signature' || key === 'encrypted_content') return [key, seal(inner)];
      return [key, /^created(?:_at)?$/.test(key) ? 0 : normalise(inner)];
    }),
  );
};

/** What is behind a seal is a digest of the request. */
const seal = (value: Json): Json =>
  typeof value !== 'string' || value === '' ? value : `${/^gearbox1:[^:]*:[^:]*/.exec(value)?.[0] ?? 'own'}…`;

/** Names of the events, with how often each came in a row. */
const toOutline = (answer: Answer): readonly string[] => {
  const names = toEvents(answer.text).map((event) => nameOf(event));
  const runs: { name: string; count: number }[] = [];
  for (const name of names) {
    const last = runs.at(-1);
    if (last?.name === name) last.count += 1;
    else runs.push({ name, count: 1 });
  }
  return runs.map(({ name, count }) => (count === 1 ? name : `${name} × ${count}`));
};

const nameOf = (event: Json): string => {
  if (event.type !== undefined) return [event.type, event.delta?.type].filter(Boolean).join(' ');
  if (event.error !== undefined) return 'error';
  const [choice] = event.choices;
  if (choice === undefined) return 'usage';
  return choice.finish_reason === null ? Object.keys(choice.delta).join('+') : `finish ${choice.finish_reason}`;
};

const sentUpstream = (): Json => JSON.parse(gearbox.lab.received().at(-1)?.body ?? 'null');

interface Outcome {
  readonly sent: Json;
  readonly status: number;
  readonly answer: Json;
  readonly events: readonly string[];
}

/** Reasoning of an answer that calls a tool is shown as one piece whole and as deltas streamed: texts are compared. */
const checkSame = (whole: Said, streamed: Said): void =>
  assert.deepEqual(withInputValues(streamed), withInputValues(whole));

const CUT = new Set(['error-in-stream', 'cut']);

const runCase = async (each: Case): Promise<Outcome> => {
  const { client, scenario } = each;
  const answer = await ask(each, false);
  const sent = sentUpstream();
  const stream = await ask(each, true);
  const whole = fromWhole(client, answer.json);
  if (stream.status === 200)
    checkSame(
      CUT.has(scenario.name) ? { ...whole, ...fromStream(client, '') } : whole,
      fromStream(client, stream.text),
    );
  else assert.equal(stream.status, answer.status);
  return {
    sent: normalise(sent),
    status: answer.status,
    answer: normalise(answer.json),
    events: stream.status === 200 ? toOutline(stream) : [`status ${stream.status}`],
  };
};

const compare = async (name: string, outcomes: Readonly<Record<string, Outcome>>): Promise<void> => {
  const file = join(FOLDER, `${name}.json`);
  if (UPDATES) {
    await mkdir(FOLDER, { recursive: true });
    await writeFile(file, `${JSON.stringify(outcomes, null, 2)}\n`);
    return;
  }
  assert.deepEqual(outcomes, JSON.parse(await readFile(file, 'utf8')));
};

for (const client of CLIENTS) {
  for (const upstream of UPSTREAMS) {
    test(`${client} over ${upstream}: every conversion is as committed, and a stream says what a whole answer says`, async () => {
      const outcomes: Record<string, Outcome> = {};
      for (const scenario of SCENARIOS.filter(({ not }) => not?.includes(client) !== true))
        outcomes[scenario.name] = await runCase({ client, upstream, scenario });
      await compare(`${client}-over-${upstream}`, outcomes);
    });
  }
}
