/**
 * What every provider that is known by name is sent for every control, beside committed files: a change of a profile or of
 * a translation is seen and has to be meant.
 */
import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { KNOWN_PROVIDERS } from '../../src/catalog/known-providers.ts';
import { CLIENTS } from '../../src/drive/wire-scenarios.ts';
import { InvalidRequestError } from '../../src/errors.ts';
import type { Json } from '../e2e/gearbox.ts';
import { CONTROLS, toControlBody } from './controls.ts';
import { CODECS, send, TARGETS, toDeployment } from './profile-targets.ts';

const FOLDER = join(import.meta.dirname, 'golden', 'profiles');
/** Set: the files are written anew instead of compared. Read what changed before committing them. */
const UPDATES = process.env['UPDATE_GOLDEN'] === '1';

/** What stays the same for every control: left out, so that a file shows what a control does. */
const SAME = new Set(['model', 'messages', 'input', 'instructions', 'system', 'store', 'include']);

const withoutSame = (body: Json): Json =>
  Object.fromEntries(Object.entries(body).filter(([member]) => !SAME.has(member)));

const toOutcome = async (reference: string, text: string, client: (typeof CLIENTS)[number]): Promise<Json> => {
  const deployment = await toDeployment(reference);
  try {
    const { protocol, wire } = send(CODECS[client].parseRequest(text), deployment);
    const warnings = wire.warnings.map(({ code, param, applied }) =>
      [code, param, applied === null ? null : JSON.stringify(applied)].filter((each) => each !== null).join(' '),
    );
    return { protocol, body: withoutSame(JSON.parse(wire.body)), ...(warnings.length === 0 ? {} : { warnings }) };
  } catch (error) {
    if (!(error instanceof InvalidRequestError)) throw error;
    return { refused: error.message };
  }
};

/** One line a case: a file of a provider is read beside that of another. */
const print = (outcomes: Readonly<Record<string, Readonly<Record<string, Json>>>>): string => {
  const controls = Object.entries(outcomes).map(([name, byClient]) => {
    const cases = Object.entries(byClient).map(([client, outcome]) => `    "${client}": ${JSON.stringify(outcome)}`);
    return `  ${JSON.stringify(name)}: {\n${cases.join(',\n')}\n  }`;
  });
  return `{\n${controls.join(',\n')}\n}\n`;
};

for (const reference of TARGETS) {
  test(`${reference}: every control goes upstream as the committed file says`, async () => {
    const outcomes: Record<string, Record<string, Json>> = {};
    for (const control of CONTROLS) {
      for (const client of CLIENTS) {
        const text = toControlBody(client, control);
        if (text === undefined) continue;
        (outcomes[control.name] ??= {})[client] = await toOutcome(reference, text, client);
      }
    }
    const file = join(FOLDER, `${reference.replaceAll(/[/:]/g, '_')}.json`);
    const printed = print(outcomes);
    if (UPDATES) {
      await mkdir(FOLDER, { recursive: true });
      await writeFile(file, printed);
    }
    assert.deepEqual(JSON.parse(printed), JSON.parse(await readFile(file, 'utf8')));
  });
}

test('every provider that is known by name is among them', () => {
  const named = new Set(TARGETS.map((reference) => reference.split('/', 1)[0]));
  for (const { name } of KNOWN_PROVIDERS) assert.ok(named.has(name), name);
});

test('no server is sent a member that its profile says it refuses', async () => {
  let looked = 0;
  for (const reference of TARGETS) {
    const deployment = await toDeployment(reference);
    const { dialect } = KNOWN_PROVIDERS.find(({ name }) => name === deployment.provider) ?? {};
    for (const control of CONTROLS) {
      const text = toControlBody('openai-chat', control);
      if (text === undefined || deployment.protocol !== 'openai-chat') continue;
      const { protocol, wire } = send(CODECS['openai-chat'].parseRequest(text), deployment);
      if (protocol !== 'openai-chat') continue;
      const body: Json = JSON.parse(wire.body);
      for (const member of dialect?.refuses ?? []) {
        assert.ok(!(member in body), `${reference}, ${control.name}: ${member}`);
        looked += 1;
      }
      if (dialect?.refuses.includes('message_names') === true)
        assert.ok(
          body.messages.every((message: Json) => !('name' in message)),
          reference,
        );
    }
  }
  assert.ok(looked > 100);
});
