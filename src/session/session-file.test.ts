import assert from 'node:assert/strict';
import { appendFile, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { toRequest, user } from '../features/request.test-data.ts';
import { keepSessions, toSessionsPath } from './session-file.ts';
import { createSessions, type SessionOwner, type Sessions } from './sessions.ts';

let home: string;

before(async () => {
  home = await mkdtemp(join(tmpdir(), 'sessions-'));
});

after(() => rm(home, { recursive: true, force: true }));

const OWNER: SessionOwner = { key: null, model: 'auto', id: 'mine', isWhole: true };
const NEW = { session: null, newId: 's_1', component: 'thinking', effort: 'high', isMoveDown: false } as const;
const CACHED = { tokens: 2_000, lifetimeMs: 300_000 };

const open = async (failures: unknown[] = []) => {
  const sessions = createSessions({ now: Date.now });
  const options = { sessions, path: toSessionsPath(home), onFailure: (error: unknown) => void failures.push(error) };
  return { sessions, kept: await keepSessions(options) };
};

const componentOf = (sessions: Sessions): string | undefined =>
  sessions.find(toRequest([user('Anything else?')]), OWNER)?.component;

test('what one process learned of a conversation the next one knows, to the last turn', async () => {
  const first = await open();
  first.sessions.remember(toRequest([user('Hello')]), OWNER, { ...NEW, cached: CACHED });
  await first.kept.close();
  const second = await open();
  assert.equal(componentOf(second.sessions), 'thinking');
  second.sessions.remember(toRequest([user('Hello')]), OWNER, { ...NEW, component: 'fast', cached: CACHED });
  await second.kept.close();
  const third = await open();
  assert.equal(componentOf(third.sessions), 'fast');
  await third.kept.close();
  assert.equal((await stat(toSessionsPath(home))).mode & 0o777, 0o600);
});

test('a line that was cut hides no other', async () => {
  await appendFile(toSessionsPath(home), '["mine", {"id": "s_');
  const failures: unknown[] = [];
  const { sessions, kept } = await open(failures);
  assert.equal(componentOf(sessions), 'fast');
  assert.deepEqual(failures, []);
  sessions.remember(toRequest([user('Hello')]), OWNER, { ...NEW, cached: CACHED });
  await kept.close();
  const [header, ...lines] = (await readFile(toSessionsPath(home), 'utf8')).trim().split('\n');
  assert.equal(header, '{"sessions":1}');
  for (const line of lines) assert.equal((JSON.parse(line) as readonly unknown[]).length, 2);
});

test('a file of another program or version is begun anew', async () => {
  await writeFile(toSessionsPath(home), '{"sessions":2}\n["mine", {"id": "s_1"}]\n');
  const { sessions, kept } = await open();
  assert.equal(componentOf(sessions), undefined);
  sessions.remember(toRequest([user('Hello')]), OWNER, { ...NEW, cached: CACHED });
  await kept.close();
  const next = await open();
  assert.equal(componentOf(next.sessions), 'thinking');
  await next.kept.close();
});

test('a file that cannot be read or written is reported, and sessions work without it', async () => {
  await rm(toSessionsPath(home));
  const failures: unknown[] = [];
  const sessions = createSessions({ now: Date.now });
  await writeFile(join(home, 'file'), '');
  const path = join(home, 'file', 'sessions.jsonl');
  const kept = await keepSessions({ sessions, path, onFailure: (error) => void failures.push(error) });
  sessions.remember(toRequest([user('Hello')]), OWNER, { ...NEW, cached: CACHED });
  assert.equal(componentOf(sessions), 'thinking');
  await kept.close();
  assert.equal(failures.length, 2);
});
